// A file into a list: choose it, see what it holds, say what its columns are, check it without writing anything, then go.
import { useRef, useState } from 'preact/hooks';
import type { Api } from '../api/client.ts';
import { Problem, sentenceOf } from '../api/problem.ts';
import { type Upload, upload } from '../api/upload.ts';
import { type FileHead, readHead, UnreadableFile } from '../lib/file-head.ts';
import { bytes, percent } from '../lib/format.ts';
import { type Column, columnsOf, mapped, mappingProblem } from '../lib/mapping.ts';
import { announce, Card, Notice } from '../parts/basics.tsx';
import { ColumnMap } from '../parts/column-map.tsx';
import { DropZone } from '../parts/drop-zone.tsx';
import { ImportOptions } from '../parts/import-options.tsx';
import { PlanResult } from '../parts/plan-result.tsx';

const maxBytes = 1024 ** 3;

interface Chosen {
  file: File;
  head: FileHead;
  columns: Column[];
}

/** Where the check of a file is. */
type Check =
  | { step: 'none' }
  | { step: 'sending'; job: string; sent: number; size: number }
  | { step: 'planned'; job: string };

export const ImportPage = ({ api, list: first }: { api: Api; list: string }) => {
  const [chosen, setChosen] = useState<Chosen>();
  const [list, setList] = useState(first);
  const [mail, setMail] = useState('');
  const [budget, setBudget] = useState('');
  const [check, setCheck] = useState<Check>({ step: 'none' });
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const running = useRef<Upload | undefined>(undefined);

  const choose = async (file: File) => {
    setProblem(undefined);
    setCheck({ step: 'none' });
    try {
      if (file.size > maxBytes)
        throw new UnreadableFile('The file is larger than 1 GB. Cut it in parts and import them one after another.');
      const head = await readHead(file);
      setChosen({ file, head, columns: columnsOf(head) });
      announce(`${file.name} was read: ${head.words}, ${head.names.length} columns`);
    } catch (error) {
      setChosen(undefined);
      setProblem(error instanceof UnreadableFile ? error.message : 'The file cannot be read. Choose it again.');
    }
  };
  const change = (columns: Column[]) => {
    setChosen((now) => now && { ...now, columns });
    setCheck({ step: 'none' });
  };

  const run = async (event: Event) => {
    event.preventDefault();
    if (!chosen) return setProblem('Choose a file first.');
    const wrong =
      list.trim() === '' ? 'Say which list the people come into.' : mappable(chosen) && mappingProblem(chosen.columns);
    if (wrong) return setProblem(wrong);
    setProblem(undefined);
    setBusy(true);
    try {
      await send(chosen);
    } catch (error) {
      setProblem(sentenceOf(error));
      setCheck({ step: 'none' });
    }
    running.current = undefined;
    setBusy(false);
  };

  const send = async ({ file, head, columns }: Chosen) => {
    const body = mapped(file, head, columns);
    const job = await api.order({
      type: 'import',
      list: list.trim(),
      mode: 'plan',
      upload: { filename: file.name, size: body.size },
      report_email: mail.trim(),
      max_error_pct: budget.trim(),
      ...(head.mappable && columns.some(({ use }) => use === 'signup_date') && { signup_dates: true }),
    });
    if (!job.upload) throw new Problem(0, 'no_form', 'The server gave no form for the upload. Try again.');
    const size = body.size;
    setCheck({ step: 'sending', job: job.id, sent: 0, size });
    running.current = upload(job.upload, body, file.name, (sent) =>
      setCheck({ step: 'sending', job: job.id, sent, size }),
    );
    try {
      await running.current.done;
    } catch (error) {
      // Nobody will bring the file: the job need not wait for it.
      await api.act(job.id, 'cancel').catch(() => {});
      throw error;
    }
    setCheck({ step: 'planned', job: job.id });
  };

  return (
    <>
      <div class="page-head">
        <h1>New import</h1>
      </div>
      <form onSubmit={(event) => void run(event)} noValidate>
        <Card title="1. File">
          <DropZone
            file={chosen?.file}
            words={chosen?.head.words}
            choose={(file) => void choose(file)}
            disabled={busy}
          />
        </Card>
        {chosen && (
          <Card title="2. Columns" aside={<span class="soft">{chosen.head.words}</span>}>
            <ColumnMap head={chosen.head} columns={chosen.columns} change={change} disabled={busy} />
          </Card>
        )}
        <Card title={chosen ? '3. List' : '2. List'}>
          <ImportOptions
            {...{ api, list, setList, mail, setMail, budget, setBudget }}
            disabled={busy}
            changed={() => setCheck({ step: 'none' })}
          />
        </Card>
        {problem !== undefined && <Notice kind="alert">{problem}</Notice>}
        {check.step === 'sending' && <Sending check={check} stop={() => running.current?.abort()} />}
        {check.step === 'planned' && <PlanResult api={api} id={check.job} />}
        {check.step === 'none' && (
          <p class="submit">
            <button type="submit" class="button button-main" disabled={busy}>
              {busy ? 'Ordering …' : 'Check the file'}
            </button>
            <span class="soft small">Uploads the file and counts what an import would do. Nothing is written yet.</span>
          </p>
        )}
      </form>
    </>
  );
};

const mappable = ({ head }: Chosen): boolean => head.mappable;

const Sending = ({ check, stop }: { check: { sent: number; size: number }; stop: () => void }) => (
  <section class="card card-progress" aria-label="Upload">
    <div
      class="progress progress-running"
      role="progressbar"
      aria-label="Upload"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.floor((check.sent / Math.max(1, check.size)) * 100)}
    >
      <div class="progress-done" style={{ transform: `scaleX(${check.sent / Math.max(1, check.size)})` }} />
    </div>
    <p class="figures figures-large">
      Uploading: {bytes(check.sent)} of {bytes(check.size)}, {percent(check.sent, check.size)}
    </p>
    <p>
      <button type="button" class="button button-plain" onClick={stop}>
        Stop the upload
      </button>
    </p>
  </section>
);
