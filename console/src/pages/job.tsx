// One job: how far it is, where its time went, what became of its rows, what it left, who was told.
import { useEffect, useMemo } from 'preact/hooks';
import type { JobAnswer } from '../../../functions/doors/console/schemas.ts';
import { type Api, serverNow } from '../api/client.ts';
import { count, rows } from '../lib/format.ts';
import { usePoll } from '../lib/poll.ts';
import { curveOf, observe, speedOf } from '../lib/rates.ts';
import { Actions } from '../parts/actions.tsx';
import { announce, Badge, Card, Moment, Notice, stateName, Waiting } from '../parts/basics.tsx';
import { Downloads, Record, Reports } from '../parts/job-files.tsx';
import { Order, Receipt, Timeline } from '../parts/job-times.tsx';
import { Outcomes } from '../parts/outcomes.tsx';
import { Plot } from '../parts/plot.tsx';
import { figuresOf, Progress, tookOf } from '../parts/progress.tsx';
import { Rejected } from '../parts/rejected.tsx';

/** Seconds of work that are worth a plot. */
const shortestPlot = 2;

const reporting = (job: JobAnswer): boolean => job.reports.some(({ state }) => state === 'due' || state === 'sending');
const moves = (job: JobAnswer): boolean => job.state === 'running' || job.state === 'pending' || reporting(job);

export const JobPage = ({ api, id }: { api: Api; id: string }) => {
  const { answer: job, problem, put } = usePoll(`job ${id}`, () => api.job(id), moves);
  if (job) observe(job, serverNow());
  const state = job?.state;
  useEffect(() => {
    if (state !== undefined) announce(`The job is ${stateName(state).toLowerCase()}`);
  }, [state]);
  return (
    <>
      <p class="back">
        <a href="#/jobs">← All jobs</a>
      </p>
      {problem && <Notice kind="alert">{problem.message}</Notice>}
      {!job && !problem && <Waiting what="the job" lines={6} />}
      {job && <Shown api={api} job={job} put={put} />}
    </>
  );
};

const Shown = ({ api, job, put }: { api: Api; job: JobAnswer; put: (job: JobAnswer) => void }) => {
  const isPlan = job.mode === 'plan';
  const counted = Object.values(job.counts).some((rows) => rows > 0);
  return (
    <>
      <div class="page-head">
        <div>
          <h1>{job.name}</h1>
          <p class="job-facts soft">
            <Badge job={job} />
            {isPlan && <span class="tag">Dry run</span>}
            <code class="small">{job.id}</code>
            {job.parent !== undefined && <a href={`#/jobs/${job.parent}`}>Follows another job</a>}
            <span>
              made <Moment at={job.createdAt} />
            </span>
          </p>
        </div>
        <Actions api={api} job={job} done={put} />
      </div>
      {job.failure && <Notice kind="alert">{`${job.failure.message}. ${whatToDo(job)}`.replace('..', '.')}</Notice>}
      {job.stopping && <Notice kind="warn">It is being brought to its end: its workers tell what they did.</Notice>}
      {isPlan && job.state === 'completed' && (
        <Notice kind="info">
          Nothing was written. These counts are what an import of this file would do.
          {job.actions.includes('run')
            ? ' “Import now” does it.'
            : ' The plan is over: make a new one to carry it out.'}
        </Notice>
      )}
      {job.warnings.length > 0 && (
        <Notice kind="warn">
          <ul>
            {job.warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </Notice>
      )}
      {job.finishedAt === undefined && (
        <section class="card card-progress" aria-label="Progress">
          <Progress job={job} />
          <p class="figures figures-large">{figuresOf(job)}</p>
        </section>
      )}
      <Timeline job={job} />
      <div class="columns">
        <Card title={isPlan ? 'What would become of the rows' : 'What became of the rows'} aside={<Total job={job} />}>
          {counted ? (
            <Outcomes counts={job.counts} future={isPlan} />
          ) : (
            <p class="soft">
              {job.finishedAt === undefined ? 'Each row is counted here once it is done.' : 'No rows.'}
            </p>
          )}
        </Card>
        <Throughput job={job} />
      </div>
      <Rejected api={api} job={job} />
      <div class="columns">
        <Downloads job={job} />
        <Reports api={api} job={job} put={put} />
      </div>
      <div class="columns">
        <Order job={job} />
        <Receipt job={job} />
      </div>
      <Record api={api} job={job} />
    </>
  );
};

const whatToDo = (job: JobAnswer): string => {
  if (job.actions.includes('retry')) return 'Put right what it names, then retry.';
  return job.failure?.class === 'input' ? 'Put it right in the file, and import that.' : 'Order it again.';
};

const Total = ({ job }: { job: JobAnswer }) =>
  job.rows === undefined ? null : <span class="soft">{rows(job.rows)}</span>;

const Throughput = ({ job }: { job: JobAnswer }) => {
  const curve = useMemo(() => curveOf(job), [job]);
  const now = speedOf(job, serverNow());
  const average = job.receipt?.rowsPerSecond;
  const aside = now ?? average;
  const seconds = (curve.at(-1)?.[0] ?? 0) - (curve[0]?.[0] ?? 0);
  return (
    <Card title="Throughput" aside={aside !== undefined && <span class="soft">{count(aside)} rows/s</span>}>
      {curve.length < 2 || seconds < shortestPlot ? (
        <p class="soft plot-place">
          {job.finishedAt === undefined
            ? 'The plot begins with the first rows.'
            : `The job took ${tookOf(job)}: too short for a plot.`}
        </p>
      ) : (
        <Plot
          points={curve}
          unit="rows/s"
          kind="steps"
          label={`Rows a second over time, ${count(aside ?? 0)} of late`}
        />
      )}
      <p class="soft small">
        Measured by this page while it is open. For the time before and after, only the average between phases is known.
      </p>
    </Card>
  );
};
