// Content that a call brings or takes away, beside the jobs that do so with many.
import { newId } from '../job.ts';
import type { JsonObject } from '../json-line.ts';
import type { Client, Ports } from '../ports.ts';
import { type Content, contentIdOf } from './content.ts';
import { deleteContent } from './delete.ts';
import { findByUrl } from './list.ts';
import { type BadContent, readContent, urlOf } from './read-content.ts';
import { saveContent } from './save.ts';

/** Puts what the call says over what is known of the URL. */
export const putContent = async (
  ports: Ports,
  client: Client,
  rawUrl: unknown,
  raw: JsonObject,
): Promise<Content | BadContent> => {
  const at = ports.clock.now();
  const url = urlOf(rawUrl);
  if (url === undefined) return { reject: 'Invalid Url', about: 'url' };
  const facts = readContent(client, raw, at);
  if ('reject' in facts) return facts;
  // The stamp of this call: unlike a job it is never made twice.
  const writer = { ports, client, by: newId(at), at };
  const [became] = await saveContent(writer, [{ key: contentIdOf(client.id, url), url, facts }]);
  if (typeof became === 'object' && 'reject' in became) return { reject: became.reject, about: 'content' };
  const content = await findByUrl({ ports, client }, url);
  return content ?? { reject: 'the content was deleted at once', about: 'content' };
};

/** False when it was gone already. */
export const removeContent = async (ports: Ports, client: Client, content: Content): Promise<boolean> => {
  const at = ports.clock.now();
  const writer = { ports, client, by: newId(at), at };
  const [became] = await deleteContent(writer, [{ key: content.id, createdBy: content.createdBy }], {});
  return became === 'updated';
};
