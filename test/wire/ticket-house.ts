// A house that takes the uploads of tickets on a real socket, as one machine does.
import { Hono } from 'hono';
import { expect } from 'vitest';
import { checkTicket } from '../../functions/embedded/tickets.ts';
import { uploadArrived } from '../../functions/jobs/schedule.ts';
import { uploads } from '../../functions/server/uploads.ts';
import { openHouse } from '../helpers/house.ts';
import { formIn, type UploadForm } from '../helpers/upload-form.ts';
import { getJob, type Json, listen, postJob, signed } from './calls.ts';

export const csv = 'email,first_name\nada@example.com,Ada\ngrace@example.com,Grace\nnot an address,X\n';
/** What becomes of the file. */
export const done = { status: 'completed', rows: 3, created: 2, rejected: 1 };

/** A signed request for an import of the file, which comes later. */
export const order = (more: Json = {}) =>
  signed({ job: 'import', list: 'Main', upload: { filename: 'people.csv', size: csv.length }, ...more });

export const openTicketHouse = async () => {
  const house = await openHouse();
  const { ports, home } = house;
  const app = new Hono();
  const check = (fields: ReadonlyMap<string, string>) => checkTicket(home, fields, house.now());
  app.on(['POST', 'OPTIONS'], '/uploads', uploads({ ports, check, arrived: (key) => uploadArrived(ports, key) }));
  const server = await listen(app);
  return {
    ...house,
    /** Where uploads are taken. */
    port: server.port,
    uploadUrl: `${server.url}/uploads`,
    /** Asks for a job that waits for its file. */
    async ask(more: Json = {}, headers: Record<string, string> = {}): Promise<Json> {
      const { status, body } = await postJob(house.app, order(more), headers);
      expect(status).toBe(200);
      return body;
    },
    /** The form in an answer, with this house's own server as its place. */
    formOf: (answer: Json): UploadForm => ({ ...formIn(answer), url: `${server.url}/uploads` }),
    statusOf: async (id: unknown): Promise<unknown> => (await getJob(house.app, signed({ job_id: id }))).body.status,
    /** The keys of files that came by tickets. */
    tickets: (): Promise<string[]> => ports.files.list('uploads/tickets/'),
    async close(): Promise<void> {
      await server.close();
      await house.close();
    },
  };
};

export type TicketHouse = Awaited<ReturnType<typeof openTicketHouse>>;
