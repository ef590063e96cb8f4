// Where a request's rows come from: a file wins over a URL, a URL over addresses, since some clients leave empty values behind.
import { randomBytes } from 'node:crypto';
import { maxInputBytes } from '../../files/plain.ts';
import type { JobType, RowSource } from '../define.ts';
import { Refusal } from '../errors.ts';
import type { JobId, Source, Ticket } from '../job.ts';
import { BlockedAddress, type Ports } from '../ports.ts';

/** What a request brings: a source, lines that are still to be stored, or the wish to bring a file later. */
export type ChosenSource =
  | Source
  | { kind: 'lines'; lines: string }
  | { kind: 'later'; filename: string; size: number };

export const chooseSource = (
  ports: Ports,
  type: JobType,
  raw: Record<string, unknown>,
  upload: { key: string; filename: string } | undefined,
): ChosenSource | undefined => {
  const { work } = type;
  if (work.kind !== 'rows') return undefined;
  const takes = (source: RowSource): boolean => work.sources.includes(source);
  if (takes('file')) {
    if (upload) return { kind: 'file', ...upload };
    if (raw.url !== undefined) return { kind: 'url', url: checkedUrl(ports, raw.url) };
  }
  if (takes('emails') && raw.emails !== undefined && !isEmptyList(raw.emails))
    return { kind: 'lines', lines: readEmails(raw.emails) };
  if (takes('file') && raw.upload !== undefined) return { kind: 'later', ...readUpload(raw.upload) };
  if (takes('params') && work.given) return { kind: 'lines', lines: work.given(raw).join('\n') };
  if (work.select?.selects(raw)) return { kind: 'selection' };
  throw new Refusal('invalid_parameter', work.noSource);
};

const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0;

/** How long a ticket for an upload lives. */
const ticketLife = 3600_000;

/** Makes of a choice what the job's record says: its source, or the ticket of a file that is still to come. */
export const storeSource = async (
  ports: Ports,
  id: JobId,
  chosen: ChosenSource | undefined,
): Promise<{ source?: Source; ticket?: Ticket }> => {
  if (!chosen) return {};
  if (chosen.kind === 'later') {
    const { filename, size } = chosen;
    const key = `uploads/tickets/${id}/${randomBytes(16).toString('hex')}`;
    return { ticket: { key, filename, size, expiresAt: ports.clock.now() + ticketLife } };
  }
  if (chosen.kind !== 'lines') return { source: chosen };
  // Its own name for each request: two that share an Idempotency-Key may both come this far, and only one makes the job.
  const key = `jobs/${id}/lines-${randomBytes(6).toString('hex')}`;
  await ports.files.put(key, chosen.lines);
  return { source: { kind: 'addresses', key } };
};

const checkedUrl = (ports: Ports, value: unknown): string => {
  if (typeof value !== 'string' || !/^https?:\/\//i.test(value.trim())) throw new Refusal('invalid_url', 'Invalid URL');
  const url = value.trim();
  try {
    ports.pulls.check(url);
    return url;
  } catch (error) {
    if (error instanceof BlockedAddress) throw new Refusal('invalid_url', `Invalid URL: ${error.message}`);
    throw error;
  }
};

/** One address a line, out of text that separates them by commas, or an array of texts. */
const readEmails = (value: unknown): string => {
  const parts = typeof value === 'string' ? [value] : value;
  if (!Array.isArray(parts) || !parts.every((part) => typeof part === 'string'))
    throw new Refusal('invalid_parameter', 'Invalid emails');
  const addresses = parts.flatMap((part) => part.split(/[,\r\n]/)).map((address) => address.trim());
  return addresses.filter((address) => address !== '').join('\n');
};

/** `{"filename", "size"}`; from a form the size comes as text. */
const readUpload = (value: unknown): { filename: string; size: number } => {
  const invalid = new Refusal('invalid_parameter', 'Invalid upload');
  if (typeof value !== 'object' || value === null) throw invalid;
  const { filename = '', size } = value as Record<string, unknown>;
  const bytes = typeof size === 'string' && /^\d+$/.test(size) ? Number(size) : size;
  if (typeof filename !== 'string' || filename.length > 1000) throw invalid;
  if (typeof bytes !== 'number' || !Number.isSafeInteger(bytes) || bytes < 0) throw invalid;
  if (bytes > maxInputBytes) throw new Refusal('too_large', 'The file is larger than 1 GB');
  return { filename, size: bytes };
};
