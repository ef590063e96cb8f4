// What the check of a file found, live; from here the import begins.

import type { Api } from '../api/client.ts';
import { serverNow } from '../api/client.ts';
import { dollars } from '../lib/format.ts';
import { usePoll } from '../lib/poll.ts';
import { observe } from '../lib/rates.ts';
import { Actions } from './actions.tsx';
import { Card, Notice, stateName, Waiting } from './basics.tsx';
import { Outcomes } from './outcomes.tsx';
import { figuresOf, Progress } from './progress.tsx';
import { Rejected } from './rejected.tsx';

export const PlanResult = ({ api, id }: { api: Api; id: string }) => {
  const {
    answer: job,
    problem,
    put,
  } = usePoll(
    `plan ${id}`,
    () => api.job(id),
    ({ finishedAt }) => finishedAt === undefined,
  );
  if (job) observe(job, serverNow());
  if (problem) return <Notice kind="alert">{problem.message}</Notice>;
  if (!job) return <Waiting what="the check" />;
  if (job.finishedAt === undefined)
    return (
      <section class="card card-progress" aria-label="Check">
        <Progress job={job} />
        <p class="figures figures-large">{figuresOf(job)}</p>
        <Actions api={api} job={job} done={put} />
      </section>
    );
  const cost = job.receipt?.plannedCostUsd ?? 0;
  return (
    <>
      <Card title="What the import would do" aside={<a href={`#/jobs/${id}`}>All about this check</a>}>
        {job.failure && <Notice kind="alert">{job.failure.message}</Notice>}
        {job.warnings.map((warning) => (
          <Notice key={warning} kind="warn">
            {warning}
          </Notice>
        ))}
        {job.state === 'completed' ? (
          <>
            <Outcomes counts={job.counts} future />
            <p class="soft small">
              Nothing was written so far. {cost > 0 && `On AWS its writes would cost ${dollars(cost)}.`}
            </p>
          </>
        ) : (
          <p>The check is {stateName(job.state).toLowerCase()}. Change the file or its columns, and check it again.</p>
        )}
        <Actions api={api} job={{ ...job, actions: job.actions.filter((action) => action === 'run') }} done={put} />
      </Card>
      <Rejected api={api} job={job} />
    </>
  );
};
