// Orders a job over rows, wherever they are: a file here, a file at a URL, or addresses.
import { randomUUID } from 'node:crypto';
import type { JobAnswer } from '../door/client.ts';
import { usageError } from '../exit.ts';
import { uploadsFolder } from '../paths.ts';
import type { Session } from '../session.ts';
import { bringFile } from '../upload/bring.ts';

export interface Rows {
  /** A path, or an http(s) URL that the server fetches. */
  file?: string | undefined;
  emails?: string | undefined;
  query?: Record<string, unknown> | undefined;
}

/** Exactly one of `rows` must be there. */
export const orderRows = async (
  session: Session,
  order: Record<string, unknown> & { type: string },
  { file, emails, query }: Rows,
  fresh: boolean,
): Promise<JobAnswer> => {
  const given = [file, emails, query].filter((value) => value !== undefined).length;
  if (given !== 1) throw usageError('Say where the rows are: exactly one of a file, a URL, --emails or --query');
  if (file !== undefined && !/^https?:\/\//i.test(file))
    return bringFile({ ...session, folder: uploadsFolder(process.env), fresh }, order, file);
  const source = file !== undefined ? { url: file } : emails !== undefined ? { emails } : { query };
  return session.connection.door.submit({ ...order, ...source, idempotency_key: randomUUID() });
};
