// The templates of a client, by name: each saving is a revision, and the ones before it can still be read.
import type { ClientId, Millis } from '../job.ts';
import type { Ports } from '../ports.ts';
import type { Content } from './blast.ts';
import { allOf, changeRecord, type Place } from './change-record.ts';
import { dropLong, type LongValue, putLong, readLong } from './long-value.ts';
import { nextNumber, numberKey } from './numbers.ts';

export type Template = {
  id: number;
  name: string;
  /** Another, higher number each time that a template is saved: no two revisions of a client share one. */
  revision: number;
  subject?: string;
  fromName?: string;
  fromEmail?: string;
  labels: string[];
  tags: string[];
  /** Goes to people who want nothing but what they must get, such as receipts. */
  basic: boolean;
  disabled: boolean;
  /** What else is said of it, under the names by which it came. */
  more: Record<string, unknown>;
  content?: LongValue;
  createdAt: Millis;
  modifiedAt: Millis;
};

/** What a saving may set. */
export type TemplateFields = Partial<
  Omit<Template, 'id' | 'name' | 'revision' | 'content' | 'createdAt' | 'modifiedAt'>
>;

type Stores = Pick<Ports, 'records'>;

const placeOf = (name: string): Place => ({ table: 'blasts', part: 'templates', sort: name });
/** Leads from a revision to the name of its template; may lead to one that never came to be. */
const namesKey = (revision: number) => ({ part: 'revision-names', sort: numberKey(revision) });
const revisionsPart = (id: number): string => `revisions#${numberKey(id)}`;
const contentPart = (name: string): string => `template-content#${name}`;

export const findTemplate = async (
  { records }: Stores,
  client: ClientId,
  name: string,
): Promise<Template | undefined> => {
  const { table, ...key } = placeOf(name);
  const [found] = await records.read(client, table, [key], { fresh: true });
  return found?.value as Template | undefined;
};

/** All templates, in order of name. May be a moment old. */
export const listTemplates = (ports: Stores, client: ClientId): Promise<Template[]> =>
  allOf<Template>(ports, client, 'blasts', 'templates');

/** What people read. Revisions keep theirs until the template goes. */
export const templateContent = async (ports: Stores, client: ClientId, template: Template): Promise<Content> => {
  const found = template.content && (await readLong(ports, client, contentPart(template.name), template.content));
  return (found ?? {}) as Content;
};

/** The template as it was in that revision. */
const templateRevision = async (
  { records }: Stores,
  client: ClientId,
  template: Template,
  revision: number,
): Promise<Template | undefined> => {
  if (revision === template.revision) return template;
  const key = { part: revisionsPart(template.id), sort: numberKey(revision) };
  const [found] = await records.read(client, 'blasts', [key], { fresh: true });
  return found?.value as Template | undefined;
};

/** The revision of that number, whichever template it is one of. */
export const findRevision = async (
  ports: Stores,
  client: ClientId,
  revision: number,
): Promise<Template | undefined> => {
  const [found] = await ports.records.read(client, 'blasts', [namesKey(revision)], { fresh: true });
  const template = found && (await findTemplate(ports, client, String(found.value.template)));
  return template && templateRevision(ports, client, template, revision);
};

/** Makes a template or its next revision; fields that are not given stay as they are. */
export const saveTemplate = async (
  ports: Pick<Ports, 'records' | 'clock'>,
  client: ClientId,
  name: string,
  fields: TemplateFields,
  content?: Content,
): Promise<Template> => {
  const now = ports.clock.now();
  let fresh: number | undefined;
  let written: LongValue | undefined;
  return changeRecord<Template, Template>(ports, client, placeOf(name), async (before) => {
    fresh ??= before?.id ?? (await nextNumber(ports, client, 'template'));
    const id = before?.id ?? fresh;
    const revision = await nextNumber(ports, client, 'revision');
    await ports.records.write(client, 'blasts', [{ ...namesKey(revision), value: { template: name } }]);
    // The same from whoever saves next: a revision never changes.
    if (before) {
      const key = { part: revisionsPart(id), sort: numberKey(before.revision) };
      await ports.records.write(client, 'blasts', [{ ...key, value: before }]);
    }
    if (content) written ??= await putLong(ports, client, contentPart(name), content);
    return {
      labels: [],
      tags: [],
      basic: false,
      disabled: false,
      createdAt: now,
      ...before,
      ...fields,
      ...(written && { content: written }),
      more: { ...before?.more, ...fields.more },
      id,
      name,
      revision,
      modifiedAt: now,
    };
  });
};

/** Removes a template with all its revisions. It, or undefined when there was none. */
export const removeTemplate = async (ports: Stores, client: ClientId, name: string): Promise<Template | undefined> => {
  let removed: Template | undefined;
  await changeRecord<Template, undefined>(ports, client, placeOf(name), (before) => {
    removed = before;
    return undefined;
  });
  if (!removed) return undefined;
  const part = revisionsPart(removed.id);
  const earlier = await allOf<Template>(ports, client, 'blasts', part);
  const contents = new Map(
    [...earlier, removed].flatMap(({ content }) => (content ? [[content.revision, content]] : [])),
  );
  for (const content of contents.values()) await dropLong(ports, client, contentPart(removed.name), content);
  const keys = earlier.map(({ revision }) => ({ part, sort: numberKey(revision) }));
  keys.push(...[...earlier, removed].map(({ revision }) => namesKey(revision)));
  await ports.records.write(client, 'blasts', keys);
  return removed;
};
