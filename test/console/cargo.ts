// Jobs for pages to show, made as a script makes them.
import { until } from '../helpers/machine.ts';
import { sendForm } from '../helpers/upload-form.ts';
import type { Desk } from './browser.ts';

/** Imports a file by an upload ticket; the job's id. */
export const bring = async ({ api }: Desk, content: Buffer, order: Record<string, unknown>): Promise<string> => {
  const upload = { filename: 'people.csv', size: content.byteLength };
  const { body } = await api.submit({ type: 'import', ...order, upload });
  await sendForm(body.upload, content);
  return body.id;
};

/** The job once it has ended. */
export const endedJob = async ({ api }: Desk, id: string) =>
  until(
    async () => (await api.job(id)).body,
    (job) => job.finishedAt !== undefined,
  );
