// The mail at a job's end: what, when, counts, the first rejected rows, the link. Text and HTML say the same.
import { linksOf } from '../download.ts';
import { type Job, type Millis, outcomes } from '../job.ts';
import type { Client, MailMessage, Ports } from '../ports.ts';
import { prices } from './prices.ts';
import { receiptOf } from './receipt.ts';

const rejectedLines = 10;
const lineLimit = 300;
/** Names in one line of a mail. */
const maxNames = 100;

interface Fact {
  label: string;
  value: string;
  href?: string;
}

/** Builds the mail; the only personal data in it are rejected rows, which go to the address that the sender of the job named. */
export const reportMail = async (ports: Ports, client: Client, job: Job): Promise<MailMessage> => {
  const facts = await factsOf(ports, client, job);
  const rejected = await firstRejected(ports, job);
  const subject = `${job.name}: ${job.state}`.replace(/[\r\n]+/g, ' ').slice(0, 200);
  const text = [
    subject,
    '',
    ...facts.map(({ label, value, href }) => `${label}: ${href ?? value}`),
    ...(rejected.length > 0 ? ['', 'First rejected rows:', ...rejected.map((line) => `  ${line}`)] : []),
    '',
  ].join('\n');
  // A mail that somebody asked for once more is another mail; the tries of one are not.
  const { before = 0 } = job.deliveries.mail ?? {};
  const id = before > 0 ? `${job.id}-mail-${before}` : `${job.id}-mail`;
  return { id, to: job.reportEmail ?? '', subject, text, html: toHtml(subject, facts, rejected) };
};

const factsOf = async (ports: Ports, client: Client, job: Job): Promise<Fact[]> => {
  const links = await linksOf(ports, job);
  const time = (at: Millis | undefined) => (at === undefined ? '-' : formatTime(at, client.settings.timeZone));
  const facts: Fact[] = [
    { label: 'Job', value: job.id },
    { label: 'Status', value: job.state },
    { label: 'Started', value: time(job.startedAt) },
    { label: 'Ended', value: time(job.finishedAt) },
  ];
  if (job.failure) facts.push({ label: 'Reason', value: job.failure.message });
  if (job.rows !== undefined) facts.push({ label: 'Rows', value: String(job.rows) });
  for (const outcome of outcomes) {
    const count = job.counts[outcome];
    if (count) facts.push({ label: capital(outcome.replace('_', ' ')), value: String(count) });
  }
  facts.push(...resultFacts(job));
  for (const [reason, count] of Object.entries(job.reasons))
    facts.push({ label: `Rejected, ${reason}`, value: String(count) });
  for (const warning of job.warnings) facts.push({ label: 'Note', value: warning });
  if (links.export) facts.push({ label: 'Download', value: 'the exported file', href: links.export });
  if (links.rejected)
    facts.push({
      label: 'Rejected rows',
      value: 'all of them, as a file (this link ends in two hours)',
      href: links.rejected,
    });
  if (links.notProcessed)
    facts.push({
      label: 'Rows not processed',
      value: 'all of them, as a file (this link ends in two hours)',
      href: links.notProcessed,
    });
  return [...facts, ...receiptFacts(job)];
};

const phaseNames: Record<string, string> = {
  waiting: 'waiting',
  downloading: 'downloading',
  splitting: 'planning',
  processing: 'processing',
  finishing: 'finishing',
};

/** What the job found out, as far as it fits into lines: the rest is in the job's answer. */
const resultFacts = ({ result = {} }: Job): Fact[] =>
  Object.entries(result).flatMap(([name, value]) => {
    const shown = Array.isArray(value) ? namesShown(value) : typeof value === 'object' ? undefined : String(value);
    return shown === undefined || shown === '' ? [] : [{ label: capital(name.replaceAll('_', ' ')), value: shown }];
  });

const namesShown = (names: readonly unknown[]): string => {
  const shown = names.filter((name) => typeof name === 'string').slice(0, maxNames);
  return shown.join(', ') + (names.length > shown.length ? ` and ${names.length - shown.length} more` : '');
};

const receiptFacts = (job: Job): Fact[] => {
  const receipt = receiptOf(job);
  if (!receipt) return [];
  const { seconds, rowsPerSecond, usage, costUsd, plannedCostUsd } = receipt;
  const phases = Object.entries(phaseNames).flatMap(([phase, name]) => {
    const took = seconds[phase as keyof typeof seconds];
    return took === undefined ? [] : [`${took.toFixed(1)} s ${name}`];
  });
  const units = `${Math.ceil(usage.readUnits)} read units, ${Math.ceil(usage.writeUnits)} write units, ${usage.requests} requests`;
  return [
    { label: 'Took', value: `${phases.join(', ')}; ${rowsPerSecond} rows a second` },
    { label: 'Used', value: `${units}, ${usage.bytesRead} bytes read, ${usage.bytesWritten} bytes written` },
    { label: 'Estimated cost', value: `$${costUsd.toFixed(4)} (${prices.region}, prices of ${prices.date})` },
    ...(plannedCostUsd === undefined
      ? []
      : [{ label: 'Planned', value: `${usage.plannedUnits} write units, about $${plannedCostUsd.toFixed(4)}` }]),
  ];
};

const firstRejected = async (ports: Ports, job: Job): Promise<string[]> => {
  const file = job.files.rejected;
  if (!file) return [];
  const parts: Uint8Array[] = [];
  const end = Math.min(file.size, rejectedLines * lineLimit * 4);
  for await (const part of ports.files.get(file.key, { end })) parts.push(part);
  const lines = Buffer.concat(parts)
    .toString('utf8')
    .split('\n')
    .slice(0, rejectedLines + 1);
  return lines.filter((line) => line !== '').map((line) => line.slice(0, lineLimit));
};

const toHtml = (subject: string, facts: readonly Fact[], rejected: readonly string[]): string => {
  const rows = facts.map(
    ({ label, value, href }) =>
      `<tr><th align="left">${escapeHtml(label)}</th><td>${href ? `<a href="${escapeHtml(href)}">${escapeHtml(value)}</a>` : escapeHtml(value)}</td></tr>`,
  );
  const list = rejected.length > 0 ? `<p>First rejected rows:</p><pre>${escapeHtml(rejected.join('\n'))}</pre>` : '';
  return `<!doctype html><html><body><h1>${escapeHtml(subject)}</h1><table>${rows.join('')}</table>${list}</body></html>`;
};

const escapeHtml = (value: string): string =>
  value.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);

const capital = (value: string): string => value.charAt(0).toUpperCase() + value.slice(1);

const formatTime = (at: Millis, timeZone: string): string =>
  new Intl.DateTimeFormat('en-GB', { timeZone, dateStyle: 'medium', timeStyle: 'long' }).format(at);
