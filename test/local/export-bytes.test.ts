// The bytes of list exports, as literals: whoever reads them by position or by name finds what has always been there.
import { createHash } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sidOf } from '../../functions/jobs/profile.ts';
import { type House, openHouse } from '../helpers/house.ts';
import { exported, imported, readObject, settled, submitJob } from '../helpers/jobs.ts';
import { addPerson, withSettings } from '../helpers/people.ts';

const header =
  '"Profile Id","Email Hash",Domain,Engagement,Lists,"Profile Created Date",Signup,Opens,Clicks,Pageviews,"Last Open","Last Click","Last Pageview","Optout Time","List Signup","Geolocation City","Geolocation State","Geolocation Country","Geolocation Zip","Lifetime Message","First Purchase Time","Purchase Count","Purchase Price","Purchase Incomplete","Last Purchase Time","Largest Purchase Item Price","Top Device","Email Status",city\n';

describe('the bytes of a list export', () => {
  let house: House;
  beforeEach(async () => {
    house = await openHouse();
  });
  afterEach(() => house.close());

  const list = (name: string) => house.ports.lists.ensure(house.client.id, name, house.now());
  const bytesOf = async (name: string, params: Record<string, unknown> = {}): Promise<string> => {
    const job = await settled(house, await submitJob(house, 'export_list_data', { list: name, ...params }));
    return readObject(house.ports, job.files.export?.key ?? '');
  };
  const at = (iso: string): number => Date.parse(iso);

  it('are the documented header and every column of a person with all there is, times on the clock of the client', async () => {
    await withSettings(house, { timeZone: 'America/New_York' });
    const { id } = await list('Main');
    await addPerson(house, 'ada@example.com', {
      vars: { city: 'Oslo' },
      lists: { [id]: at('2024-12-31T23:59:59Z') },
      createdAt: at('2024-01-15T17:30:01Z'),
      signupAt: at('2024-07-04T02:05:06Z'),
      source: 'web',
      optout: 'basic',
      optoutAt: at('2024-11-03T06:30:00Z'),
      status: 'softbounce',
      statusAt: at('2024-02-29T12:00:00Z'),
      stats: {
        opens: 31,
        clicks: 12,
        pageviews: 7,
        lastOpen: at('2024-03-10T06:59:59Z'),
        lastClick: at('2024-03-10T07:00:00Z'),
        lastPageview: at('2024-11-03T05:30:00Z'),
        messages: 45,
        firstPurchase: at('2024-06-01T12:00:11Z'),
        purchases: 3,
        purchasePrice: 123456,
        purchasesIncomplete: 2,
        lastPurchase: at('2024-12-01T00:00:00Z'),
        largestItemPrice: 9900,
        topDevice: 'iPhone',
        city: 'New York',
        state: 'NY',
        country: 'US',
        zip: '10001',
      },
    });
    expect(await bytesOf('Main')).toBe(
      `${header}cc4d1802fbf2cea66efbd12a,3e3417d7ef77d5932a6734b916515ed5,example.com,disengaged,Main,"2024/01/15 12:30:01","2024/07/03 22:05:06",31,12,7,"2024/03/10 01:59:59","2024/03/10 03:00:00","2024/11/03 01:30:00","2024/11/03 01:30:00","2024/12/31 18:59:59","New York",NY,US,10001,45,"2024/06/01 08:00:11",3,123456,2,"2024/11/30 19:00:00",9900,iPhone,Softbounce,Oslo\n`,
    );
  });

  it('are zeros for what is counted and nothing for the rest of a person who never did anything', async () => {
    const { id } = await list('Main');
    const joined = at('2024-05-24T10:20:34.999Z');
    await addPerson(house, 'ada@example.com', { vars: { city: 'Oslo' }, lists: { [id]: joined } });
    await addPerson(house, 'bob@example.com', { lists: { [id]: joined } });
    expect(await bytesOf('Main')).toBe(
      `${header}440a3089b9e61b0b3b22e0d6,4b9bb80620f03eb3719e0a061c14283d,example.com,dormant,Main,"2024/01/01 00:00:00","2024/01/01 00:00:00",0,0,0,,,,,"2024/05/24 10:20:34",,,,,0,,0,,0,,,,Valid,
cc4d1802fbf2cea66efbd12a,3e3417d7ef77d5932a6734b916515ed5,example.com,dormant,Main,"2024/01/01 00:00:00","2024/01/01 00:00:00",0,0,0,,,,,"2024/05/24 10:20:34",,,,,0,,0,,0,,,,Valid,Oslo\n`,
    );
  });

  it('have the hash that was asked for, over the address as it is kept', async () => {
    await imported(house, 'email\n Ada@Example.COM \n');
    const hex = (algorithm: string) => createHash(algorithm).update('ada@example.com').digest('hex');
    const hashed = async (params: object) => (await exported(house, 'Main', { fields: { a: 1 }, ...params }))[1];
    expect(await hashed({ hash_algo: 'sha256' })).toBe(`cc4d1802fbf2cea66efbd12a,${hex('sha256')}`);
    expect(await hashed({ hash_algo: 'md5' })).toBe(`cc4d1802fbf2cea66efbd12a,${hex('md5')}`);
    expect(await hashed({})).toBe(`cc4d1802fbf2cea66efbd12a,${hex('md5')}`);
  });

  it('have Email Message and Email Status Time only when asked for by name, after Email Status', async () => {
    const { id } = await list('Main');
    const stats = { messages: 45 };
    const status = { status: 'hardbounce', statusAt: at('2024-02-29T12:00:00Z') } as const;
    await addPerson(house, 'ada@example.com', { lists: { [id]: 1 }, stats, ...status });
    expect((await exported(house, 'Main', { fields: { vars: 1 } }))[0]).toBe('"Profile Id","Email Hash"');
    expect((await exported(house, 'Main'))[0]).toMatch(/,"Email Status"$/);
    const fields = {
      email_status_time: 1,
      email_message: '1',
      email_status: true,
      opens: 0,
      clicks: '0',
      domain: false,
    };
    expect(await bytesOf('Main', { fields })).toBe(
      '"Profile Id","Email Hash","Email Status","Email Message","Email Status Time"\ncc4d1802fbf2cea66efbd12a,3e3417d7ef77d5932a6734b916515ed5,Hardbounce,45,"2024/02/29 12:00:00"\n',
    );
  });

  it('show formulas as they are, or with an apostrophe in cells, list names and variable names for a client who wants that', async () => {
    const { id } = await list('=list()');
    const person = { lists: { [id]: 1 }, vars: { '@sum': '+1', plain: 'a=1' }, stats: { city: '-Bergen' } };
    await addPerson(house, 'ada@example.com', person);
    const params = { fields: { lists: 1, geolocation_city: 1, vars: 1 } };
    const ids = 'cc4d1802fbf2cea66efbd12a,3e3417d7ef77d5932a6734b916515ed5';
    const head = '"Profile Id","Email Hash",Lists,"Geolocation City"';
    expect(await bytesOf('=list()', params)).toBe(`${head},@sum,plain\n${ids},=list(),-Bergen,+1,a=1\n`);
    await withSettings(house, { guardFormulas: true });
    expect(await bytesOf('=list()', params)).toBe(`${head},'@sum,plain\n${ids},'=list(),'-Bergen,'+1,a=1\n`);
  });

  it('name all lists of a person in one cell, in order of name', async () => {
    const lists = [];
    for (const name of ['B list', 'A, "x"', 'Zoë']) lists.push((await list(name)).id);
    await addPerson(house, 'ada@example.com', { lists: Object.fromEntries(lists.map((id) => [id, 1])) });
    expect((await exported(house, 'Zoë', { fields: { lists: 1 } }))[1]).toBe(
      'cc4d1802fbf2cea66efbd12a,3e3417d7ef77d5932a6734b916515ed5,"A, ""x"",B list,Zoë"',
    );
  });

  it('show objects and arrays as JSON, other values as text, what is not set as nothing', async () => {
    const { id } = await list('Main');
    const vars = { a: ['x', 1], b: { c: 'd e' }, n: 5, t: true, f: false, z: 0, nothing: null };
    await addPerson(house, 'ada@example.com', { lists: { [id]: 1 }, vars });
    const order = { z: 1, a: 1, unset: 1, b: 1, n: '1', t: true, skipped: 0, f: 1, nothing: 1 };
    const lines = await exported(house, 'Main', { fields: { vars: order } });
    expect(lines[0]).toBe('"Profile Id","Email Hash",z,a,unset,b,n,t,f,nothing');
    expect(lines[1]?.split(',').slice(2).join()).toBe('0,"[""x"",1]",,"{""c"":""d e""}",5,true,false,');
  });

  it.each([
    ['Just Eli', 'just_eli.csv'],
    ['ad_hoc_test_list_1', 'ad_hoc_test_list_1.csv'],
    ['../x', '.._x.csv'],
    ['..\\..\\x', '.._.._x.csv'],
    ['Ünï cöde', '_n__c_de.csv'],
    ['a  b', 'a__b.csv'],
    ['50% "off"; <b>', '50___off___b_.csv'],
    ['v1.2-final', 'v1.2-final.csv'],
    ['😀', '_.csv'],
  ])('of list %j come under the name %s', async (name, filename) => {
    await list(name);
    const job = await settled(house, await submitJob(house, 'export_list_data', { list: name }));
    expect(job.files.export?.filename).toBe(filename);
  });

  const awkward = fc.array(
    fc.string({
      unit: fc.constantFrom('a', '"', ',', '\n', '\r', '\r\n', ' ', '\\', 'é', "'", ';', '\t'),
      maxLength: 12,
    }),
    { minLength: 2, maxLength: 2 },
  );

  it('give ids and values to readers that cut lines before they read', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(awkward, { minLength: 1, maxLength: 30 }), async (people) => {
        const name = `Readers ${run++}`;
        const emails = people.map((_, index) => `p${run}.${index}@example.com`);
        const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
        const rows = people.map((cells, index) => [emails[index], ...cells.map(quoted)].join(','));
        await imported(house, `email,note,last words\n${rows.join('\n')}\n`, { list: name });
        const bytes = await bytesOf(name, { fields: { vars: { note: 1, 'last words': 1 } } });

        // Splits at line feeds, takes what stands before the first comma.
        const ids = bytes
          .split('\n')
          .slice(1, -1)
          .map((line) => line.split(',')[0]);
        const sids = emails.map((email) => sidOf(house.client.id, email));
        expect(ids.toSorted()).toEqual(sids.toSorted());

        // Takes any line end for one, and reads each line as CSV by the names of the first.
        const [names, ...lines] = bytes
          .split(/\r\n|\r|\n/)
          .slice(0, -1)
          .map((line) => parse(line)[0] as string[]);
        const read = new Map(lines.map((cells) => [cells[names?.indexOf('Profile Id') ?? -1], cells]));
        expect(read.size).toBe(people.length);
        for (const [index, cells] of people.entries()) {
          const shown = read.get(sids[index]);
          const values = ['note', 'last words'].map((column) => shown?.[names?.indexOf(column) ?? -1]);
          expect(values).toEqual(cells.map((cell) => cell.replace(/\r\n|\r|\n/g, ' ')));
        }
      }),
      { numRuns: 12 },
    );
  });
});
