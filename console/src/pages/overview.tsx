// The work of the last day at a glance: what runs, what failed, how much went through, and the lists.
import { useMemo } from 'preact/hooks';
import type { OverviewAnswer } from '../../../functions/doors/console/schemas.ts';
import { type Api, serverNow } from '../api/client.ts';
import { compact, count, rows } from '../lib/format.ts';
import { usePoll } from '../lib/poll.ts';
import { observe } from '../lib/rates.ts';
import { hrefOf } from '../lib/route.ts';
import { Badge, Card, Empty, Moment, Notice, ScrollBox, stateName, states, Waiting } from '../parts/basics.tsx';
import { Outcomes } from '../parts/outcomes.tsx';
import { Plot } from '../parts/plot.tsx';
import { figuresOf, Progress } from '../parts/progress.tsx';

export const Overview = ({ api }: { api: Api }) => {
  const { answer, problem } = usePoll(
    'overview',
    () => api.overview(),
    ({ states }) => (states.running ?? 0) > 0,
  );
  for (const job of answer?.running ?? []) observe(job, serverNow());
  return (
    <>
      <div class="page-head">
        <h1>Overview</h1>
        <p class="soft">The last 24 hours</p>
      </div>
      {problem && <Notice kind="alert">{problem.message}</Notice>}
      {!answer && !problem && <Waiting what="the overview" lines={4} />}
      {answer && <Figures overview={answer} />}
      <div class="columns">
        {answer && <Running overview={answer} />}
        {answer && <Failures overview={answer} />}
      </div>
      <Lists api={api} />
    </>
  );
};

const Figures = ({ overview }: { overview: OverviewAnswer }) => {
  const { throughput, counts, more } = overview;
  const points = useMemo(
    () => throughput.map(({ at, rows }): [number, number] => [Date.parse(at) / 1000 + 1800, rows]),
    [throughput],
  );
  const total = throughput.reduce((sum, { rows }) => sum + rows, 0);
  return (
    <>
      <ul class="tiles" aria-label="Jobs by state">
        {states.map((state) => (
          <li key={state}>
            <a class={`tile tile-${state}`} href={hrefOf('jobs', { state })}>
              <span class="tile-number">{count(overview.states[state] ?? 0)}</span>
              {stateName(state)}
            </a>
          </li>
        ))}
      </ul>
      {(more.unfinished || more.ended) && (
        <p class="soft small">There were more jobs than are counted here: of each kind the first 300.</p>
      )}
      <div class="columns columns-wide">
        <Card title="Throughput" aside={<span class="soft">{rows(total)}</span>}>
          {total === 0 ? (
            <p class="soft">No rows went through in the last 24 hours. What jobs do appears here, hour by hour.</p>
          ) : (
            <Plot
              points={points}
              unit="rows"
              kind="bars"
              label={`Rows by hour over the last 24 hours, ${rows(total)} in all`}
            />
          )}
          <p class="soft small">Rows by hour. A job’s rows are spread evenly over the time in which it worked.</p>
        </Card>
        <Card title="What became of the rows">
          <Outcomes counts={counts} />
        </Card>
      </div>
    </>
  );
};

const Running = ({ overview }: { overview: OverviewAnswer }) => (
  <Card title="Running now">
    {overview.running.length === 0 ? (
      <p class="soft">
        Nothing runs. <a href="#/import">Import a file</a> or <a href="#/export">export a list</a>.
      </p>
    ) : (
      <ul class="plain-list">
        {overview.running.map((job) => (
          <li key={job.id}>
            <a href={`#/jobs/${job.id}`}>{job.name}</a>
            <Progress job={job} />
            <p class="figures">{figuresOf(job)}</p>
          </li>
        ))}
      </ul>
    )}
  </Card>
);

const Failures = ({ overview }: { overview: OverviewAnswer }) => (
  <Card title="Failures">
    {overview.failures.length === 0 ? (
      <p class="soft">No job failed or ended incomplete in the last 24 hours.</p>
    ) : (
      <ul class="plain-list">
        {overview.failures.map((job) => (
          <li key={job.id}>
            <p class="line">
              <a href={`#/jobs/${job.id}`}>{job.name}</a> <Badge job={job} />
            </p>
            <p class="small">{job.failure?.message ?? 'Some rows were not processed.'}</p>
            <p class="soft small">
              <Moment at={job.finishedAt ?? job.createdAt} />
            </p>
          </li>
        ))}
      </ul>
    )}
  </Card>
);

const Lists = ({ api }: { api: Api }) => {
  const { answer, problem } = usePoll(
    'lists',
    () => api.lists(''),
    () => false,
  );
  return (
    <Card title="Lists" aside={answer && <span class="soft">{count(answer.total)}</span>}>
      {problem && <Notice kind="alert">{problem.message}</Notice>}
      {!answer && !problem && <Waiting what="lists" />}
      {answer?.lists.length === 0 && (
        <Empty title="No lists yet">
          <p>
            A list is made by the first import that names it. <a href="#/import">Import a file</a>.
          </p>
        </Empty>
      )}
      {answer && answer.lists.length > 0 && (
        <ScrollBox label="All lists">
          <table class="table">
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col" class="number">
                  People, about
                </th>
                <th scope="col">Variables</th>
                <th scope="col">Made</th>
                <th scope="col">
                  <span class="unseen">Ways on</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {answer.lists.map((list) => (
                <tr key={list.id}>
                  <th scope="row">
                    {list.name} {list.smart && <span class="tag">Smart</span>}
                  </th>
                  <td class="number" title={count(list.about)}>
                    {list.smart ? '–' : compact(list.about)}
                  </td>
                  <td class="soft">{varsOf(list.vars)}</td>
                  <td>
                    <Moment at={list.createdAt} />
                  </td>
                  <td class="ways">
                    <a href={hrefOf('export', { list: list.name })} aria-label={`Export ${list.name}`}>
                      Export
                    </a>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollBox>
      )}
    </Card>
  );
};

const varsOf = (vars: readonly string[]): string =>
  vars.length > 4 ? `${vars.slice(0, 4).join(', ')} and ${vars.length - 4} more` : vars.join(', ');
