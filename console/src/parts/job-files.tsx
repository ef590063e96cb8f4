// What a job left behind: its files, the reports that told of it, the record itself.
import { useState } from 'preact/hooks';
import type { JobAnswer } from '../../../functions/doors/console/schemas.ts';
import type { Api } from '../api/client.ts';
import { sentenceOf } from '../api/problem.ts';
import { bytes, dateTime } from '../lib/format.ts';
import { useOnce } from '../lib/once.ts';
import { announce, Card, Moment, Notice, ScrollBox } from './basics.tsx';
import { DownloadIcon } from './icons.tsx';

const fileNames = {
  export: 'The exported list',
  rejected: 'Rejected rows',
  notProcessed: 'Rows that were not processed',
  changes: 'The first changes, before and after',
} as const;

export const Downloads = ({ job }: { job: JobAnswer }) => {
  const files = Object.entries(job.files) as [keyof typeof fileNames, NonNullable<JobAnswer['files']['export']>][];
  return (
    <Card title="Downloads">
      {files.length === 0 && (
        <p class="soft">
          {job.finishedAt === undefined
            ? 'Files appear here when the job ends: an export, or the rows that were rejected or not processed.'
            : 'The job left no files.'}
        </p>
      )}
      <ul class="plain-list">
        {files.map(([kind, file]) => (
          <li key={kind} class="download">
            <div>
              <p>{fileNames[kind]}</p>
              <p class="soft small">
                {file.filename}, {bytes(file.size)},{' '}
                {file.url === undefined ? 'no longer kept' : `kept until ${dateTime(file.expires)}`}
              </p>
            </div>
            {file.url !== undefined && (
              <a
                class="button button-plain"
                href={file.url}
                download={file.filename}
                aria-label={`Download ${file.filename}`}
              >
                <DownloadIcon />
                Download
              </a>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
};

const channels = { mail: 'Mail', postback: 'Postback' } as const;
const deliveryStates = {
  due: 'On its way',
  sending: 'Being sent',
  delivered: 'Delivered',
  failed: 'Failed',
} as const;

type Report = JobAnswer['reports'][number];

export const Reports = ({ api, job, put }: { api: Api; job: JobAnswer; put: (job: JobAnswer) => void }) => {
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const send = async ({ channel }: Report) => {
    setBusy(true);
    setProblem(undefined);
    try {
      put(await api.sendAgain(job.id, channel));
      announce(`${channels[channel]} is sent again`);
    } catch (error) {
      setProblem(sentenceOf(error));
    }
    setBusy(false);
  };
  return (
    <Card title="Reports">
      {job.reports.length === 0 && (
        <p class="soft">
          {job.finishedAt === undefined
            ? 'If the job was ordered with an address, its end is told there, and every try is listed here.'
            : 'Nobody was told: the job was ordered without a mail address or a postback.'}
        </p>
      )}
      <ul class="plain-list">
        {job.reports.map((report) => (
          <li key={report.channel} class="download">
            <div>
              <p>
                {channels[report.channel]}: <span class={`report-${report.state}`}>{deliveryStates[report.state]}</span>
              </p>
              <p class="soft small">
                {report.attempts === 1 ? '1 try' : `${report.attempts} tries`}
                {report.at !== undefined && (
                  <>
                    , the last <Moment at={report.at} />
                  </>
                )}
                {report.answer !== undefined && `, answer: ${report.answer}`}
              </p>
            </div>
            {(report.state === 'delivered' || report.state === 'failed') && (
              <button
                type="button"
                class="button button-plain"
                disabled={busy}
                onClick={() => void send(report)}
                aria-label={`Send again: ${channels[report.channel]}`}
              >
                Send again
              </button>
            )}
          </li>
        ))}
      </ul>
      {problem !== undefined && <Notice kind="alert">{problem}</Notice>}
    </Card>
  );
};

/** The job as it is kept, fetched when somebody opens it. */
export const Record = ({ api, job }: { api: Api; job: JobAnswer }) => {
  const [open, setOpen] = useState(false);
  const version = `${job.state} ${job.progress.value} ${job.reports.map(({ attempts }) => attempts).join()}`;
  const { answer, problem } = useOnce(open ? `${job.id} ${version}` : undefined, () => api.record(job.id));
  return (
    <details class="card record" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <h2>Raw record</h2>
        <span class="soft small">the job as it is kept, for those who look for a fault</span>
      </summary>
      {problem !== undefined && <Notice kind="alert">{sentenceOf(problem)}</Notice>}
      {answer !== undefined && (
        <ScrollBox label="Raw record">
          <pre class="code">{JSON.stringify(answer, null, 2)}</pre>
        </ScrollBox>
      )}
    </details>
  );
};
