// Judges a URL that a client named by its text alone; nothing is looked up.
import { isIP } from 'node:net';
import { BlockedAddress } from '../jobs/ports.ts';
import { type AddressPolicy, mayReach } from './addresses.ts';

const maxUrlLength = 2048;

// The standard parser also reads `http:///host`, `http:host` and text with tabs and line breaks in it: no honest caller does.
const shape = /^https?:\/\/[^/\\?#\s]/i;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const control = /[\u0000-\u001f\u007f]/;

/**
 * The URL, parsed. Throws BlockedAddress (whose message never holds the URL) when it is not an http(s) URL of at most
 * 2,048 characters without credentials, or names an address literally that must not be reached, however spelled.
 * Use only the result from here on: another parser might see another host in the same text.
 */
export const checkUrl = (text: string, policy: AddressPolicy): URL => {
  if (text.length > maxUrlLength) throw new BlockedAddress(`the URL is longer than ${maxUrlLength} characters`);
  const url = shape.test(text) && !control.test(text) ? URL.parse(text) : null;
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) throw new BlockedAddress('not an http(s) URL');
  if (url.username || url.password) throw new BlockedAddress('the URL holds credentials');
  // A percent-encoded or international host can grow in parsing.
  if (url.href.length > 2 * maxUrlLength) throw new BlockedAddress('the URL is too long');
  const host = hostOf(url);
  if (host === '') throw new BlockedAddress('the URL has no host');
  if (isIP(host) ? !mayReach(host, policy) : isLocalName(host) && !policy.allowLoopback) {
    throw new BlockedAddress('the address is not public');
  }
  return url;
};

/** The host to connect to: a name, or an address without brackets. The parser has turned every odd spelling of IPv4 into the plain one. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[(.*)\]$/, '$1');

const isLocalName = (host: string): boolean => /(^|\.)localhost$/.test(host.replace(/\.+$/, ''));
