// All jobs of the client, live: unfinished ones first, then the last to end. Filters stand in the address.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { JobSummary, JobsAnswer } from '../../../functions/doors/console/schemas.ts';
import { type Api, serverNow } from '../api/client.ts';
import { sentenceOf } from '../api/problem.ts';
import { useOnce } from '../lib/once.ts';
import { usePoll } from '../lib/poll.ts';
import { observe } from '../lib/rates.ts';
import { hrefOf, replaceQuery } from '../lib/route.ts';
import { announce, Empty, Notice, stateName, states, Waiting } from '../parts/basics.tsx';
import { Field } from '../parts/fields.tsx';
import { JobRow } from '../parts/job-row.tsx';

const spans = {
  '1h': ['Last hour', 1],
  '24h': ['Last 24 hours', 24],
  '7d': ['Last 7 days', 168],
  '30d': ['Last 30 days', 720],
} as const;

const moves = (page: JobsAnswer): boolean => page.jobs.some(({ state }) => state === 'running' || state === 'pending');

/** `export_list_data` as `Export list data`. */
const typeWords = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1).replaceAll('_', ' ');

/** The filters as the API takes them. */
const apiQuery = ({ state = '', type = '', span = '', text = '' }: Record<string, string>): Record<string, string> => {
  const hours = spans[span as keyof typeof spans]?.[1];
  // To the minute, so that the same filter is the same question for a while.
  const since = hours === undefined ? '' : String(Math.floor(serverNow() / 60_000) * 60 - hours * 3600);
  return { state, type, text, since, limit: '25' };
};

export const JobsPage = ({ api, query }: { api: Api; query: Record<string, string> }) => {
  const key = JSON.stringify(query);
  const polled = usePoll(`jobs ${key}`, () => api.jobs(apiQuery(query)), moves, true);
  const [older, setOlder] = useState<{ key: string; jobs: JobSummary[]; next?: string }>();
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  useTold(polled.answer?.jobs);
  for (const job of polled.answer?.jobs ?? []) observe(job, serverNow());
  const more = older?.key === key ? older : undefined;
  const next = more ? more.next : polled.answer?.next;
  const newest = polled.answer?.jobs ?? [];
  const known = new Set(newest.map(({ id }) => id));
  const jobs = [...newest, ...(more?.jobs ?? []).filter(({ id }) => !known.has(id))];
  const isFiltered = Object.values(query).some((value) => value !== '');
  const showMore = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      const page = await api.jobs({ ...apiQuery(query), after: next ?? '' });
      setOlder({
        key,
        jobs: [...(more?.jobs ?? newest), ...page.jobs],
        ...(page.next !== undefined && { next: page.next }),
      });
    } catch (error) {
      setProblem(sentenceOf(error));
    }
    setBusy(false);
  };
  return (
    <>
      <div class="page-head">
        <h1>Jobs</h1>
        <a class="button button-main" href="#/import">
          New import
        </a>
      </div>
      <Filters api={api} query={query} />
      {polled.problem && <Notice kind="alert">{polled.problem.message}</Notice>}
      {!polled.answer && !polled.problem && <Waiting what="jobs" lines={5} />}
      {polled.answer && jobs.length === 0 && next === undefined && (isFiltered ? <NoMatch /> : <NoJobs />)}
      {jobs.length > 0 && (
        <ul class="job-list" aria-label="Jobs">
          {jobs.map((job) => (
            <JobRow key={job.id} api={api} job={job} done={polled.refresh} />
          ))}
        </ul>
      )}
      {problem !== undefined && <Notice kind="alert">{problem}</Notice>}
      {next !== undefined && (
        <p class="more">
          <button type="button" class="button button-plain" disabled={busy} onClick={() => void showMore()}>
            {jobs.length === 0 ? 'Nothing yet: look further back' : 'Show older jobs'}
          </button>
        </p>
      )}
    </>
  );
};

const Filters = ({ api, query }: { api: Api; query: Record<string, string> }) => {
  const types = useOnce('types', () => api.types()).answer?.types ?? [];
  const [text, setText] = useState(query.text ?? '');
  const set = useCallback((name: string, value: string) => replaceQuery('jobs', { ...query, [name]: value }), [query]);
  /** The text that stands in the address, as far as this field knows. */
  const known = useRef(query.text ?? '');
  useEffect(() => {
    const told = query.text ?? '';
    if (told === known.current) return;
    known.current = told;
    setText(told);
  }, [query.text]);
  useEffect(() => {
    if (text === known.current) return;
    const timer = setTimeout(() => {
      known.current = text;
      set('text', text);
    }, 250);
    return () => clearTimeout(timer);
  }, [text, set]);
  const choice = (name: string, label: string, any: string, options: [string, string][]) => (
    <Field label={label}>
      {(ids) => (
        <select
          {...ids}
          name={name}
          value={query[name] ?? ''}
          onChange={(event) => set(name, event.currentTarget.value)}
        >
          <option value="">{any}</option>
          {options.map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
  return (
    <form class="filters" aria-label="Filters" onSubmit={(event) => event.preventDefault()}>
      <Field label="Find" class="filter-text">
        {(ids) => (
          <input
            {...ids}
            type="search"
            name="text"
            placeholder="Part of the name, or an id"
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        )}
      </Field>
      {choice('state', 'State', 'Any state', [
        ['scheduled,pending,running,paused', 'Unfinished'],
        ...states.map((state): [string, string] => [state, stateName(state)]),
      ])}
      {choice(
        'type',
        'Type',
        'Any type',
        types.map(({ name }) => [name, typeWords(name)]),
      )}
      {choice(
        'span',
        'Made',
        'At any time',
        Object.entries(spans).map(([span, [words]]) => [span, words]),
      )}
    </form>
  );
};

const NoJobs = () => (
  <Empty title="No jobs yet">
    <p>
      A job brings people into a list, or a list into a file. It appears here whoever orders it: this console, a
      program, or a file that is dropped into the store.
    </p>
    <p>
      <a class="button button-main" href="#/import">
        Import a file
      </a>
    </p>
  </Empty>
);

const NoMatch = () => (
  <Empty title="No job fits these filters">
    <p>Take one of them away, or look further back in time.</p>
    <p>
      <a class="button button-plain" href={hrefOf('jobs')}>
        Show all jobs
      </a>
    </p>
  </Empty>
);

/** Tells screen readers when a job ends while they are on the page. */
const useTold = (jobs: readonly JobSummary[] | undefined): void => {
  const before = useRef(new Map<string, JobSummary['state']>());
  useEffect(() => {
    for (const { id, state, name, finishedAt } of jobs ?? []) {
      const was = before.current.get(id);
      if (was !== undefined && was !== state && finishedAt !== undefined) announce(`${name}: ${stateName(state)}`);
      before.current.set(id, state);
    }
  }, [jobs]);
};
