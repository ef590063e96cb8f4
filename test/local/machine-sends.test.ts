// The running system tells sends that fell due while it was down, and its log names nobody.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { newSendId, type Send } from '../../functions/jobs/sends/send.ts';
import { acceptSends } from '../../functions/jobs/sends/sends.ts';
import { openHouse } from '../helpers/house.ts';
import { startMachine, until } from '../helpers/machine.ts';

it('tells what fell due while it was down', async () => {
  const home = mkdtempSync(join(tmpdir(), 'stevedore-sends-'));
  const house = await openHouse({ home });
  const past = house.now() - 60_000;
  const send: Send = {
    id: newSendId(),
    state: 'scheduled',
    template: 'Xtemplate',
    templateId: 1,
    email: 'xada@example.com',
    sid: 'a'.repeat(24),
    vars: { Xname: 'Xvalue' },
    options: {},
    more: {},
    createdAt: past,
    dueAt: past,
  };
  await acceptSends(house.ports, house.client.id, [send]);
  await house.close();
  const machine = await startMachine(home);
  try {
    const log = async () => readFileSync(join(home, 'stevedore.log'), 'utf8');
    const text = await until(log, (lines) => lines.includes(`"send":"${send.id}"`));
    expect(text).not.toMatch(/xada|Xname|Xvalue|Xtemplate/);
    expect(await machine.client.call('getSend', send.id)).toMatchObject({
      status: 'unknown',
      vars: { Xname: 'Xvalue' },
    });
  } finally {
    await machine.stop();
    rmSync(home, { recursive: true, force: true });
  }
});
