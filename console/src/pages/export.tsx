// A list as a file: which list, which columns; then the job, whose page has the link.
import { useState } from 'preact/hooks';
import type { ListsAnswer } from '../../../functions/doors/console/schemas.ts';
import type { Api } from '../api/client.ts';
import { sentenceOf } from '../api/problem.ts';
import { count } from '../lib/format.ts';
import { useOnce } from '../lib/once.ts';
import { go } from '../lib/route.ts';
import { Card, Empty, Notice, Waiting } from '../parts/basics.tsx';
import { Check, Field } from '../parts/fields.tsx';

/** The columns by their names in `fields`. Profile id and hash are always there. */
const fields: [string, [field: string, name: string][]][] = [
  [
    'Person',
    [
      ['domain', 'Domain'],
      ['engagement', 'Engagement'],
      ['lists', 'Lists'],
      ['profile_created_date', 'Profile created'],
      ['signup', 'Signup'],
      ['list_signup', 'List signup'],
      ['optout_time', 'Optout time'],
      ['email_status', 'Email status'],
      ['top_device', 'Top device'],
    ],
  ],
  [
    'Activity',
    [
      ['opens', 'Opens'],
      ['clicks', 'Clicks'],
      ['pageviews', 'Pageviews'],
      ['last_open', 'Last open'],
      ['last_click', 'Last click'],
      ['last_pageview', 'Last pageview'],
      ['lifetime_message', 'Messages'],
    ],
  ],
  [
    'Purchases',
    [
      ['purchase_count', 'Count'],
      ['purchase_price', 'Price'],
      ['purchase_incomplete', 'Incomplete'],
      ['first_purchase_time', 'First'],
      ['last_purchase_time', 'Last'],
      ['largest_purchase_item_price', 'Largest item'],
    ],
  ],
  [
    'Place',
    [
      ['geolocation_city', 'City'],
      ['geolocation_state', 'State'],
      ['geolocation_country', 'Country'],
      ['geolocation_zip', 'Zip'],
    ],
  ],
];

export const ExportPage = ({ api, list }: { api: Api; list: string }) => {
  const { answer, problem } = useOnce('lists', () => api.lists(''));
  return (
    <>
      <div class="page-head">
        <h1>New export</h1>
      </div>
      {problem !== undefined && <Notice kind="alert">{sentenceOf(problem)}</Notice>}
      {!answer && problem === undefined && <Waiting what="lists" />}
      {answer?.lists.length === 0 && (
        <Empty title="There is no list to export">
          <p>
            A list is made by the first import that names it. <a href="#/import">Import a file</a>.
          </p>
        </Empty>
      )}
      {answer && answer.lists.length > 0 && <Form api={api} lists={answer.lists} first={list} />}
    </>
  );
};

const Form = ({ api, lists, first }: { api: Api; lists: ListsAnswer['lists']; first: string }) => {
  const [list, setList] = useState(first || (lists[0]?.name ?? ''));
  const [all, setAll] = useState(true);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [hash, setHash] = useState('md5');
  const [mail, setMail] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const vars = lists.find(({ name }) => name === list)?.vars ?? [];
  const toggle = (name: string) => {
    const after = new Set(chosen);
    if (!after.delete(name)) after.add(name);
    setChosen(after);
  };
  const order = async (event: Event) => {
    event.preventDefault();
    if (!all && chosen.size === 0) {
      setProblem('Choose at least one column, or take all of them.');
      return;
    }
    setBusy(true);
    setProblem(undefined);
    const picked = vars.filter((name) => chosen.has(`var ${name}`));
    const selection = {
      ...Object.fromEntries([...chosen].filter((name) => !name.startsWith('var ')).map((name) => [name, 1])),
      ...(picked.length > 0 && { vars: Object.fromEntries(picked.map((name) => [name, 1])) }),
    };
    try {
      const job = await api.order({
        type: 'export_list_data',
        list,
        hash_algo: hash,
        report_email: mail,
        ...(!all && { fields: selection }),
      });
      go(`jobs/${job.id}`);
    } catch (error) {
      setProblem(sentenceOf(error));
      setBusy(false);
    }
  };
  const box = (name: string, label: string) => (
    <Check key={name} label={label} checked={chosen.has(name)} change={() => toggle(name)} />
  );
  return (
    <form onSubmit={(event) => void order(event)} noValidate>
      <Card title="List">
        <Field label="Which list">
          {(ids) => (
            <select {...ids} name="list" value={list} onChange={(event) => setList(event.currentTarget.value)}>
              {lists.map(({ id, name, about }) => (
                <option key={id} value={name}>
                  {name} ({count(about)})
                </option>
              ))}
            </select>
          )}
        </Field>
      </Card>
      <Card title="Columns">
        <fieldset class="choices">
          <legend class="unseen">Which columns</legend>
          <Check
            kind="radio"
            name="columns"
            label="All of them"
            hint="Every standard column, and every variable that somebody in the list has."
            checked={all}
            change={() => setAll(true)}
          />
          <Check
            kind="radio"
            name="columns"
            label="Only these"
            hint="Beside the profile’s id and the hash of its address, which are always there."
            checked={!all}
            change={() => setAll(false)}
          />
        </fieldset>
        {!all && (
          <div class="field-groups">
            {fields.map(([group, names]) => (
              <fieldset key={group}>
                <legend>{group}</legend>
                {names.map(([name, label]) => box(name, label))}
              </fieldset>
            ))}
            {vars.length > 0 && (
              <fieldset>
                <legend>Variables</legend>
                {vars.map((name) => box(`var ${name}`, name))}
              </fieldset>
            )}
          </div>
        )}
      </Card>
      <Card title="Details">
        <div class="field-row">
          <Field label="Hash of the address">
            {(ids) => (
              <select {...ids} name="hash" value={hash} onChange={(event) => setHash(event.currentTarget.value)}>
                <option value="md5">MD5</option>
                <option value="sha256">SHA-256</option>
              </select>
            )}
          </Field>
          <Field label="Mail the link to (optional)">
            {(ids) => (
              <input
                {...ids}
                type="email"
                name="mail"
                value={mail}
                onInput={(event) => setMail(event.currentTarget.value)}
              />
            )}
          </Field>
        </div>
      </Card>
      {problem !== undefined && <Notice kind="alert">{problem}</Notice>}
      <p class="submit">
        <button type="submit" class="button button-main" disabled={busy}>
          Export the list
        </button>
        <span class="soft small">The link to the file appears on the job’s page, and lives for two hours.</span>
      </p>
    </form>
  );
};
