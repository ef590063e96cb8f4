// What a call asks of a campaign: to make it, maybe like another or by a template, to change it, to schedule it or take that back.
import { Refusal } from '../errors.ts';
import type { ClientId, Millis } from '../job.ts';
import type { Ports } from '../ports.ts';
import { type Blast, type BlastStatus, type Content, isOut } from './blast.ts';
import { changeBlast, contentOf, createBlast, findBlast } from './blasts.ts';
import { findTemplate, templateContent } from './template.ts';

export interface BlastRequest {
  /** Changes this one. */
  id?: number;
  /** With `id`: makes one that had this id in another system. */
  imported?: boolean;
  copyBlast?: number;
  copyTemplate?: string;
  /** What is given replaces what was there, field by field; an empty text takes it away. */
  fields: Partial<
    Pick<Blast, 'name' | 'list' | 'subject' | 'fromName' | 'fromEmail' | 'labels' | 'suppressLists' | 'more'>
  >;
  content: Content;
  /** When it is to go; null takes a schedule back. */
  schedule?: Millis | null;
  status?: BlastStatus;
  startAt?: Millis;
  stopAt?: Millis;
}

type Context = Pick<Ports, 'records' | 'clock'>;

/** The campaign after it. Throws Refusal. */
export const saveBlast = async (ports: Context, client: ClientId, request: BlastRequest): Promise<Blast> => {
  const asked = await withCopies(ports, client, request);
  const now = ports.clock.now();
  if (request.id === undefined || request.imported) {
    const seed: Blast = { id: 0, status: 'created', name: '', labels: [], more: {}, createdAt: now, modifiedAt: now };
    const { id: _, ...blast } = changed(seed, asked, now);
    const made = await createBlast(ports, client, blast, asked.content, request.id);
    if (made) return made;
    throw new Refusal('not_allowed', `There is a campaign ${request.id} already`);
  }
  const { id } = request;
  const found = await findBlast(ports, client, id);
  const content =
    found && hasContent(asked.content) ? { ...(await contentOf(ports, client, found)), ...asked.content } : undefined;
  const after = found && (await changeBlast(ports, client, id, (blast) => changed(blast, asked, now), content));
  if (after) return after;
  throw unknownBlast(id);
};

export const unknownBlast = (id: number | string): Refusal => new Refusal('blast_not_found', `Unknown blast_id: ${id}`);
export const unknownTemplate = (name: string): Refusal =>
  new Refusal('template_not_found', `Unknown template: ${name}`);

const hasContent = ({ html, text }: Content): boolean => html !== undefined || text !== undefined;

/** The request with what it does not say itself from what it copies. */
const withCopies = async (ports: Context, client: ClientId, request: BlastRequest): Promise<BlastRequest> => {
  let { fields, content } = request;
  // A campaign that has a name keeps it.
  const named = request.id !== undefined && !request.imported;
  if (request.copyBlast !== undefined) {
    const source = await findBlast(ports, client, request.copyBlast);
    if (!source) throw unknownBlast(request.copyBlast);
    const { name, list, subject, fromName, fromEmail, labels, suppressLists, more } = source;
    const copied = { ...(!named && { name }), list, subject, fromName, fromEmail, labels, suppressLists };
    fields = { ...present(copied), ...fields, more: { ...more, ...fields.more, copy_blast_id: source.id } };
    content = { ...(await contentOf(ports, client, source)), ...content };
  }
  if (request.copyTemplate !== undefined) {
    const source = await findTemplate(ports, client, request.copyTemplate);
    if (!source) throw unknownTemplate(request.copyTemplate);
    const { name, subject, fromName, fromEmail } = source;
    const copied = { ...(!named && { name }), subject, fromName, fromEmail };
    fields = { ...present(copied), ...fields, more: { ...fields.more, copy_template: name } };
    content = { ...(await templateContent(ports, client, source)), ...content };
  }
  return { ...request, fields, content };
};

type Present<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };
const present = <T extends object>(values: T): Present<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Present<T>;

const changed = (blast: Blast, request: BlastRequest, now: Millis): Blast => {
  const { fields, content } = request;
  if (isOut(blast)) refuseIfOut(blast, request);
  const merged: Blast = { ...blast, ...fields, more: { ...blast.more, ...fields.more }, modifiedAt: now };
  for (const name of ['list', 'subject', 'fromName', 'fromEmail'] as const)
    if (merged[name] === '') delete merged[name];
  const after = moved(merged, request, now);
  const missing = missingIn(after, hasContent(content) || blast.content !== undefined);
  if (missing) throw new Refusal('missing_parameter', `Missing required parameter: ${missing}`);
  return after;
};

/** What may be said of a campaign that is being sent, to whoever sends it. */
const saidWhileSending = ['paused'];

/** Of what has gone out only the name and labels can change, and that it is sent by now. */
const refuseIfOut = (blast: Blast, { fields, content, schedule, status }: BlastRequest): void => {
  const { name: _, labels: __, more = {}, ...others } = fields;
  const said = Object.keys(more).every((name) => blast.status === 'sending' && saidWhileSending.includes(name));
  const back = status !== undefined && status !== 'sent' && status !== blast.status;
  if (said && Object.keys(others).length === 0 && !hasContent(content) && schedule === undefined && !back) return;
  const how = blast.status === 'sent' ? 'was sent already' : 'is being sent';
  throw new Refusal('not_allowed', `The campaign ${blast.id} ${how}`);
};

const moved = (blast: Blast, { schedule, status, startAt, stopAt }: BlastRequest, now: Millis): Blast => {
  const { scheduleAt, ...rest } = blast;
  const wanted = status ?? (schedule === undefined ? blast.status : schedule === null ? 'created' : 'scheduled');
  const at = schedule ?? scheduleAt;
  if (wanted === 'created') return { ...rest, status: wanted };
  if (wanted === 'scheduled') return { ...rest, status: wanted, scheduleAt: at ?? now };
  const out = { ...rest, ...(at !== undefined && { scheduleAt: at }), startAt: startAt ?? blast.startAt ?? now };
  if (wanted === 'sending') return { ...out, status: wanted };
  return { ...out, status: wanted, stopAt: stopAt ?? blast.stopAt ?? Math.max(now, out.startAt) };
};

/** What a campaign of that status must have and has not, under its name in the protocol. */
const missingIn = (blast: Blast, content: boolean): string | undefined => {
  if (blast.name === '') return 'name';
  if (blast.status === 'created') return undefined;
  if (blast.list === undefined) return 'list';
  if (blast.status !== 'scheduled') return undefined;
  if (blast.fromName === undefined) return 'from_name';
  if (blast.fromEmail === undefined) return 'from_email';
  if (blast.subject === undefined) return 'subject';
  return content ? undefined : 'content_html';
};
