// A server on loopback that counts what reaches it, and names that resolve to whatever a test says.
import type { LookupAddress } from 'node:dns';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, isIP, type Server, type Socket } from 'node:net';
import { type Network, systemNetwork } from '../../functions/net/connect.ts';

export interface Target {
  port: number;
  /** http://127.0.0.1:<port> */
  origin: string;
  /** TCP connections accepted so far. */
  connections(): number;
  /** Requests (HTTP) or bytes (TCP) that arrived so far. */
  received(): number;
  /** Connections that are open now. */
  open(): number;
  close(): Promise<void>;
}

const watch = async (server: Server, received: () => number): Promise<Target> => {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    connections++;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    connections: () => connections,
    received,
    open: () => sockets.size,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        for (const socket of sockets) socket.destroy();
      }),
  };
};

export const httpTarget = (answer: RequestListener): Promise<Target> => {
  let requests = 0;
  const server = createServer((request, response) => {
    requests++;
    answer(request, response);
  });
  return watch(server, () => requests);
};

/** `speak` is given each connection after its first bytes arrived. */
export const tcpTarget = (speak: (socket: Socket) => void): Promise<Target> => {
  let bytes = 0;
  const server = createTcpServer((socket) => {
    socket.once('data', () => speak(socket));
    socket.on('data', (piece) => {
      bytes += piece.length;
    });
  });
  return watch(server, () => bytes);
};

export interface FakeNames extends Network {
  /** Names looked up so far, in order. */
  lookups: string[];
  /** Host and addresses of every connection tried. */
  dials: { host: string | undefined; addresses: string[] }[];
}

/** Each name's answers in turn; the last one stays. `dial` leads every connection to a port on 127.0.0.1 instead. */
export const fakeNames = (names: Record<string, string[][]>, dial?: number): FakeNames => {
  const lookups: string[] = [];
  const dials: FakeNames['dials'] = [];
  return {
    lookups,
    dials,
    async lookup(host) {
      const answers = names[host] ?? [];
      const answer = answers[Math.min(lookups.filter((name) => name === host).length, answers.length - 1)];
      lookups.push(host);
      if (!answer)
        throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND', syscall: 'getaddrinfo' });
      return answer.map((address): LookupAddress => ({ address, family: isIP(address) }));
    },
    connect(options) {
      const addresses: string[] = [];
      dials.push({ host: options.host, addresses });
      options.lookup?.(options.host ?? '', { all: true }, (_error, found) => {
        if (Array.isArray(found)) addresses.push(...found.map(({ address }) => address));
      });
      return systemNetwork.connect(dial === undefined ? options : { ...options, host: '127.0.0.1', port: dial });
    },
  };
};
