// Opens connections only to addresses that were checked: at the look-up, and again at the connected peer.
import { promises as dns, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction, connect as netConnect, type Socket, type TcpNetConnectOpts } from 'node:net';
import { buildConnector } from 'undici';
import { BlockedAddress } from '../jobs/ports.ts';
import { type AddressPolicy, mayReach } from './addresses.ts';

/** What this room asks of the operating system. Tests give names addresses of their own. */
export interface Network {
  /** All addresses of a name. */
  lookup(host: string): Promise<LookupAddress[]>;
  connect(options: TcpNetConnectOpts): Socket;
}

export const systemNetwork: Network = {
  lookup: (host) => dns.lookup(host, { all: true }),
  connect: (options) => netConnect(options),
};

/**
 * The addresses to connect to for a host. Throws BlockedAddress when any of its addresses must not be reached: a name
 * with one public and one private answer is an attempt, not a mistake.
 */
export const resolveHost = async (network: Network, host: string, policy: AddressPolicy): Promise<LookupAddress[]> => {
  const family = isIP(host);
  const addresses = family ? [{ address: host, family }] : await network.lookup(host);
  if (addresses.length === 0) throw Object.assign(new Error('the name has no address'), { code: 'ENOTFOUND' });
  if (!addresses.every(({ address }) => mayReach(address, policy))) {
    throw new BlockedAddress('the name has an address that is not public');
  }
  return addresses;
};

export interface ConnectOptions {
  network: Network;
  policy: AddressPolicy;
  /** What resolveHost returned: nothing is looked up again, so that a second answer cannot differ. */
  addresses: readonly LookupAddress[];
  connectMs: number;
  /** Destroys the connection, in whatever state it is. */
  signal: AbortSignal;
  /** Told when the connection breaks, even where the HTTP parser takes that for a regular end. */
  onBreak: (error: Error) => void;
}

/** A connector for undici that shows the peer's address to the policy before the first byte is sent, TLS included. */
export const checkedConnector = (options: ConnectOptions): buildConnector.connector => {
  const { network, policy, addresses, connectMs, signal, onBreak } = options;
  const startTls = buildConnector({ allowH2: false, maxCachedSessions: 0, timeout: connectMs });
  const pinned: LookupFunction = (_host, { all }, done) => {
    const [first] = addresses;
    if (all) done(null, [...addresses]);
    else if (first) done(null, first.address, first.family);
    else done(new Error('no address'), '');
  };
  return (target, done) => {
    const secure = target.protocol === 'https:';
    const socket = network.connect({
      host: target.hostname,
      port: Number(target.port || (secure ? 443 : 80)),
      lookup: pinned,
      autoSelectFamilyAttemptTimeout: 1000,
      signal,
    });
    const timer = setTimeout(
      () => socket.destroy(Object.assign(new Error('connecting took too long'), { code: 'ETIMEDOUT' })),
      connectMs,
    );
    // undici wants one answer, and an error after it belongs to the request.
    let answered = false;
    const fail = (error: Error) => {
      clearTimeout(timer);
      if (!answered) done(error, null);
      answered = true;
    };
    socket.setNoDelay(true);
    socket.on('error', (error) => {
      if (isSystemError(error)) onBreak(error);
      fail(error);
    });
    socket.once('close', () => fail(new Error('closed while connecting')));
    socket.once('connect', () => {
      clearTimeout(timer);
      const peer = socket.remoteAddress;
      if (peer === undefined || !mayReach(peer, policy)) {
        const error = new BlockedAddress('the connected address is not public');
        fail(error);
        socket.destroy();
        return;
      }
      if (!secure) {
        answered = true;
        done(null, socket);
        return;
      }
      startTls({ ...target, httpSocket: socket }, (...result) => {
        // Once TLS has taken over, errors of reading show there.
        result[1]?.on('error', (error) => isSystemError(error) && onBreak(error));
        if (answered) return;
        answered = true;
        done(...result);
      });
    });
  };
};

/** Told apart from the errors with which undici and the signal end a connection that is no longer needed. */
const isSystemError = (error: Error): boolean => 'syscall' in error;
