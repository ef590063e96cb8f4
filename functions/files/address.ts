// What counts as an address, and the one form in which it is kept.
import { domainToASCII } from 'node:url';

// Dot-strings of RFC 5321 before the @; labels of letters, digits and inner hyphens behind it, the last not a number.
const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const domainPattern = new RegExp(`^(?:${label}\\.)+(?!\\d+$)${label}$`);
const localPattern = /^[a-z0-9!#$%&'*+/=?^_`{|}~.\u0080-\u{10ffff}-]+$/u;
const usual = new RegExp(`^[a-z0-9_.+-]{1,64}@(?:${label}\\.)+(?!\\d+$)${label}$`);
const unseen = /[\s\p{Cc}\p{Cf}\p{Cs}\p{Co}]/u;
const maxBytes = 254;

/**
 * The address trimmed, in lower case, its domain in ASCII form; or a short reason why it is none.
 * The reason never repeats the text.
 */
export const normaliseAddress = (text: string): { address: string } | { reason: string } => {
  const address = text.trim().toLowerCase();
  if (address.length > maxBytes) return { reason: 'the address is longer than 254 bytes' };
  if (usual.test(address)) return { address };
  if (address === '') return { reason: 'no address' };
  if (unseen.test(address)) return { reason: 'the address has white space or control characters' };
  const [local = '', domain, ...more] = address.split('@');
  if (domain === undefined) return { reason: 'the address has no @' };
  if (more.length > 0) return { reason: 'the address has more than one @' };
  return joinParts(local, domain);
};

const joinParts = (local: string, domain: string): { address: string } | { reason: string } => {
  if (local === '') return { reason: 'the address has nothing before the @' };
  if (local.includes('"')) return { reason: 'quoted text before the @ is not accepted' };
  if (!localPattern.test(local)) return { reason: 'the address has a character before the @ that is not allowed' };
  if (Buffer.byteLength(local) > 64) return { reason: 'the address has more than 64 bytes before the @' };
  const ascii = asciiDomain(domain);
  if (!ascii.includes('.') && /^[a-z0-9-]+$/.test(ascii)) return { reason: 'the domain of the address has no dot' };
  if (!domainPattern.test(ascii)) return { reason: 'the domain of the address is not valid' };
  const address = `${local}@${ascii}`;
  if (Buffer.byteLength(address) > maxBytes) return { reason: 'the address is longer than 254 bytes' };
  return { address };
};

/** `''` when the domain has none. domainToASCII reads its argument as part of a URL: nothing that means something there may pass. */
const asciiDomain = (domain: string): string => {
  if (/^[a-z0-9.-]*$/.test(domain)) return domain;
  return /^[a-z0-9.\u0080-\u{10ffff}-]+$/u.test(domain) ? domainToASCII(domain) : '';
};
