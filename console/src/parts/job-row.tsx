// One job in a list of jobs.
import type { JobSummary } from '../../../functions/doors/console/schemas.ts';
import type { Api } from '../api/client.ts';
import { count, rows } from '../lib/format.ts';
import { rowsDone } from '../lib/rates.ts';
import { Actions } from './actions.tsx';
import { Badge, doorName, Moment } from './basics.tsx';
import { ExportIcon, ImportIcon } from './icons.tsx';
import { OutcomeBar } from './outcomes.tsx';
import { figuresOf, Progress, tookOf } from './progress.tsx';

export const JobRow = ({ api, job, done }: { api: Api; job: JobSummary; done: () => void }) => {
  const isExport = 'exported' in job.counts;
  return (
    <li class="job-row">
      <div class="job-what">
        {isExport ? <ExportIcon /> : <ImportIcon />}
        <div class="job-names">
          <a class="job-name" href={`#/jobs/${job.id}`}>
            {job.name}
          </a>
          <p class="soft small">
            {job.mode === 'plan' && <span class="tag">Dry run</span>}
            {doorName(job.door)}, <Moment at={job.createdAt} />
          </p>
        </div>
      </div>
      <Badge job={job} />
      <div class="job-how">
        {job.finishedAt === undefined ? (
          <>
            <Progress job={job} />
            <p class="figures">{figuresOf(job)}</p>
          </>
        ) : (
          <>
            <OutcomeBar counts={job.counts} total={Math.max(job.rows ?? 0, rowsDone(job))} />
            <p class="figures" title={job.failure?.message}>
              {endOf(job)}
            </p>
          </>
        )}
      </div>
      <Actions api={api} job={job} done={done} small />
    </li>
  );
};

const endOf = (job: JobSummary): string => {
  if (job.failure) return job.failure.message;
  const { counts } = job;
  const rejected = 'exported' in counts ? 0 : counts.rejected;
  const parts = [rows(rowsDone(job)), ...(rejected > 0 ? [`${count(rejected)} rejected`] : []), `took ${tookOf(job)}`];
  return parts.join(' · ');
};
