// Which IP addresses a client may make this service call: globally routable unicast only.
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

export interface AddressPolicy {
  /** True only while the service itself listens on loopback: then its own machine may be called too. */
  allowLoopback: boolean;
}

/** Public by its range, but the channel between a virtual machine and its host on one large cloud. */
const hostChannels = new Set(['168.63.129.16']);

/**
 * True for a globally routable unicast address. An IPv6 address that stands for an IPv4 one (mapped, compatible,
 * 6to4, Teredo, NAT64) is public when that one is. Anything that is not an address in plain spelling is not public.
 */
export const isPublicAddress = (text: string): boolean => {
  if (!isIP(text) || text.includes('%')) return false;
  const address = ipaddr.parse(text);
  return address.kind() === 'ipv4' ? isPublicV4(address.toByteArray()) : isPublicV6(address.toByteArray());
};

/** True for 127.0.0.0/8, ::1, and IPv4-mapped forms of the first. */
export const isLoopbackAddress = (text: string): boolean =>
  isIP(text) !== 0 && !text.includes('%') && ipaddr.process(text).range() === 'loopback';

/** Whether a connection to this address is allowed. */
export const mayReach = (text: string, policy: AddressPolicy): boolean =>
  isPublicAddress(text) || (policy.allowLoopback && isLoopbackAddress(text));

const isPublicV4 = (bytes: readonly number[]): boolean => {
  const address = new ipaddr.IPv4([...bytes]);
  return address.range() === 'unicast' && !hostChannels.has(address.toString());
};

const isPublicV6 = (bytes: readonly number[]): boolean => {
  const embedded = embeddedV4(bytes);
  if (embedded) return embedded.every(isPublicV4);
  // Only 2000::/3 is handed out for global unicast; ipaddr.js calls everything it has no name for "unicast".
  const [first = 0] = bytes;
  return first >> 5 === 1 && ipaddr.fromByteArray([...bytes]).range() === 'unicast';
};

/** The IPv4 addresses that packets to an IPv6 address may end up at. */
const embeddedV4 = (bytes: readonly number[]): number[][] | undefined => {
  const startsWith = (...prefix: number[]) => prefix.every((byte, index) => bytes[index] === byte);
  const zeros = (count: number) => new Array<number>(count).fill(0);
  const last = bytes.slice(12);
  if (startsWith(...zeros(10), 0xff, 0xff)) return [last];
  if (startsWith(...zeros(12))) return [last];
  if (startsWith(0x00, 0x64, 0xff, 0x9b, ...zeros(8))) return [last];
  if (startsWith(0x20, 0x02)) return [bytes.slice(2, 6)];
  // Teredo: the relay's server, and the client's own address with all bits turned.
  if (startsWith(0x20, 0x01, 0, 0)) return [bytes.slice(4, 8), last.map((byte) => byte ^ 0xff)];
  return undefined;
};
