// Stands between the command line and the server, and makes uploads break as bad lines do.
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface UploadProxy {
  url: string;
  /** Where the server is: to be told once it runs. */
  target: string;
  /** What becomes of the next uploads, in order; those behind the last one pass. */
  faults: Fault[];
  /** How many uploads were begun. */
  uploads: number;
  close(): Promise<void>;
}

/** `cut`: the line breaks after some bytes. `silent`: it takes bytes and says nothing. `answerLost`: the file arrives, the answer does not. */
type Fault = 'cut' | 'silent' | 'answerLost';

export const startUploadProxy = async (): Promise<UploadProxy> => {
  const proxy: UploadProxy = { url: '', target: '', faults: [], uploads: 0, close: () => close(server) };
  const server = createServer((incoming, outgoing) => {
    const isUpload = incoming.url === '/uploads' && incoming.method === 'POST';
    const fault = isUpload ? proxy.faults.shift() : undefined;
    if (isUpload) proxy.uploads++;
    if (fault === 'cut') {
      incoming.once('data', () => incoming.socket.destroy());
      return;
    }
    if (fault === 'silent') {
      incoming.resume();
      return;
    }
    const { host: _, ...headers } = incoming.headers;
    const forward = request(proxy.target + incoming.url, { method: incoming.method, headers }, (answer) => {
      if (fault === 'answerLost') {
        answer.resume().once('end', () => incoming.socket.destroy());
        return;
      }
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    forward.once('error', () => outgoing.destroy());
    incoming.pipe(forward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  proxy.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return proxy;
};

const close = async (server: Server): Promise<void> => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
};
