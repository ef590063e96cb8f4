// The logs of an ended import. Of the ten only that of failed rows is kept: the others are counted.
import type { Client, Ports } from '../../jobs/ports.ts';
import { notFound } from './errors.ts';
import { findImport, type Target } from './imports.ts';

/** What a function may answer at once on AWS is a little more than this; a longer log is sent by a link. */
const mostInAnswer = 4 * 1024 ** 2;

/** Throws DoorError when there is no such log: not yet, not at all, or no longer. */
export const showLog = async (ports: Ports, client: Client, target: Target, kind: string): Promise<Response> => {
  const { files } = await findImport(ports, client, target);
  const file = kind === 'failed' ? files.rejected : undefined;
  if (!file || file.removed || file.expiresAt <= ports.clock.now()) throw notFound('The log');
  if (file.size > mostInAnswer) {
    const link = await ports.files.link(file.key, Math.min(file.expiresAt, ports.clock.now() + 3600_000));
    return new Response(null, { status: 302, headers: { Location: link } });
  }
  return new Response(ReadableStream.from(ports.files.get(file.key)), {
    headers: {
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Disposition': `attachment; filename="${file.filename}"`,
    },
  });
};
