// `npm run demo`: the main job from start to end on a machine of its own folder, through a public client library.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readMailbox } from '../functions/embedded/mailbox.ts';
import { demoClient } from '../functions/server/demo-client.ts';
import { readEnv } from '../functions/server/env.ts';
import { start } from '../functions/server/start.ts';
import { createSailthruClient, type SailthruJob } from '../test/helpers/sailthru-client.ts';

const people = [
  'email,first_name,city,plan',
  'ada@example.com,Ada,"London, UK",gold',
  'Grace@Example.com ,Grace,"Arlington\nVirginia",silver',
  'zoë@example.com,Zoë,Zürich,gold',
  'edsger@bücher.example,Edsger,Eindhoven,',
  'not an address,Nobody,Nowhere,none',
  'ada@example.com,,Paris,',
  'alan@example.com,Alan,Wilmslow,gold,one cell too many',
  '',
].join('\r\n');

const say = (text: string): void => console.log(text);
const title = (text: string): void => say(`\n── ${text} ${'─'.repeat(Math.max(0, 76 - text.length))}`);

const home = mkdtempSync(join(tmpdir(), 'stevedore-demo-'));
const running = await start(readEnv({ ...process.env, PORT: '0', STEVEDORE_HOME: join(home, 'state') }));
const client = createSailthruClient(demoClient.apiKey, demoClient.secret, running.url);

/** Asks for the job until it ended, as every client of this API does. */
const untilEnded = async (id: string): Promise<SailthruJob> => {
  for (;;) {
    const job = await client.job(id);
    if (job.status !== 'pending' && job.status !== 'running') return job;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};

try {
  title('A file with what real files have: quotes, line breaks, accents, mistakes');
  say(people);
  const file = join(home, 'people.csv');
  writeFileSync(file, people);

  title('import: posted with the npm package sailthru-client');
  const posted = await client.post({ job: 'import', list: 'Demo people', report_email: 'you@example.com', file });
  say(JSON.stringify(posted));
  const imported = await untilEnded(posted.job_id);
  say(JSON.stringify(imported, null, 2));

  title('What was rejected, with line and reason: mend it and send it again');
  say(await (await fetch(String(imported.rejected_url))).text());

  title('export_list_data');
  const asked = await client.post({
    job: 'export_list_data',
    list: 'Demo people',
    fields: { domain: 1, signup: 1, vars: 1 },
  });
  const exported = await untilEnded(asked.job_id);
  say(JSON.stringify(exported, null, 2));
  say(await (await fetch(String(exported.export_url))).text());

  title('The report mail');
  for (const mail of await readMailbox(join(home, 'state')))
    say(`To: ${mail.to}\nSubject: ${mail.subject}\n\n${mail.text}`);
} finally {
  await running.stop();
  rmSync(home, { recursive: true, force: true });
}
