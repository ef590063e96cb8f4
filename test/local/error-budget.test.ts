import { afterEach, describe, expect, it } from 'vitest';
import { accountedRows } from '../../functions/jobs/job.ts';
import { imported, importFile, settled, submitJob } from '../helpers/jobs.ts';
import { closeHouses, peopleCsv, smallHouse } from '../helpers/small-house.ts';

afterEach(closeHouses);

describe('an error budget', () => {
  const mixed = (good: number, bad: number) =>
    peopleCsv(good) +
    'nobody\n'.repeat(bad) +
    peopleCsv(good + 500)
      .split('\n')
      .slice(good + 1)
      .join('\n');

  it('ends a job once more rows were rejected than it allows', async () => {
    const house = await smallHouse();
    const job = await importFile(house, mixed(200, 100), { max_errors: 10 });
    const ended = await settled(house, job);
    expect(ended).toMatchObject({ state: 'incomplete', failure: { class: 'input' } });
    expect(ended.failure?.message).toContain('max_errors 10');
    expect(ended.counts.not_processed).toBeGreaterThan(300);
    expect(accountedRows(ended.counts)).toBe(800);
  });

  it('allows exactly as many as it says', async () => {
    const house = await smallHouse();
    expect((await imported(house, mixed(50, 10), { max_errors: 10 })).state).toBe('completed');
    expect((await imported(house, mixed(50, 11), { max_errors: 10 })).state).toBe('incomplete');
  });

  it('counts a share only of enough rows, and at the end of all', async () => {
    const house = await smallHouse();
    const early = await imported(
      house,
      `email,city\n${'nobody\n'.repeat(140)}${peopleCsv(1860).slice('email,city\n'.length)}`,
      {
        max_error_pct: 15,
      },
    );
    expect(early).toMatchObject({ state: 'completed', counts: { rejected: 140 } });
    const short = await imported(house, `email,city\n${'nobody\n'.repeat(3)}a@example.com,x\n`, {
      max_error_pct: '50',
    });
    expect(short).toMatchObject({ state: 'incomplete', counts: { rejected: 3, created: 1 } });
    const none = await imported(house, `email,city\n${'nobody\n'.repeat(3)}`, { max_error_pct: 50 });
    expect(none).toMatchObject({ state: 'failed', counts: { rejected: 3 } });
  });

  it.each([
    ['max_errors', -1],
    ['max_errors', 'many'],
    ['max_error_pct', 101],
    ['mode', 'dance'],
    ['begins_at', 'tomorrow or so'],
    ['parent_job_id', 'a'.repeat(24)],
    ['upload', 'people.csv'],
  ])('refuses %s = %s', async (name, value) => {
    const house = await smallHouse();
    const params = { list: 'Main', ...(name === 'upload' ? {} : { emails: 'a@example.com' }), [name]: value };
    await expect(submitJob(house, 'import', params)).rejects.toMatchObject({ message: `Invalid ${name}` });
  });
});
