// Stands between the SDK and an emulator and makes the faults that networks and busy services make.
import { createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What happens to one request: `pass`, carried out but the answer lost, answered otherwise, or cut off after some bytes. */
export type Fault = 'pass' | 'lose' | { status: number; type: string; body: string } | { cutAfter: number };

export interface FaultyLine {
  endpoint: string;
  /** Decides on each request; all pass until it is set. */
  fault: (request: { target: string; method: string; url: string; body: string }) => Fault;
  /** Whole requests seen, by target (`Service.Operation`) or method. */
  seen: string[];
  stop(): Promise<void>;
}

export const startFaultyLine = async (behind: string): Promise<FaultyLine> => {
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece);
    const body = Buffer.concat(pieces);
    const { method = '', url = '', headers } = request;
    const target = String(headers['x-amz-target'] ?? method);
    line.seen.push(target);
    const fault = line.fault({ target, method, url, body: body.toString() });
    if (typeof fault === 'object' && 'status' in fault) {
      response.writeHead(fault.status, { 'content-type': fault.type }).end(fault.body);
      return;
    }
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      send(`${behind}${url}`, { method, headers }, resolve).on('error', reject).end(body);
    });
    if (fault === 'lose') {
      answer.resume();
      answer.on('end', () => response.destroy());
      return;
    }
    response.writeHead(answer.statusCode ?? 500, answer.headers);
    if (fault === 'pass') {
      answer.pipe(response);
      return;
    }
    const whole: Buffer[] = [];
    for await (const piece of answer) whole.push(piece);
    response.write(Buffer.concat(whole).subarray(0, fault.cutAfter), () => response.destroy());
  };
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const line: FaultyLine = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fault: () => 'pass',
    seen: [],
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return line;
};
