// What may be done to a job, as buttons. Whatever holds, ends or makes something is asked about first.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { JobAnswer, JobSummary } from '../../../functions/doors/console/schemas.ts';
import type { Action } from '../../../functions/jobs/actions.ts';
import type { Api } from '../api/client.ts';
import { sentenceOf } from '../api/problem.ts';
import { go } from '../lib/route.ts';
import { announce, Notice } from './basics.tsx';

interface Words {
  button: string;
  /** Absent for what can be taken back at once. */
  question?: string;
  text?: (job: JobSummary) => string;
  did: string;
  kind: 'plain' | 'danger' | 'main';
}

const words: Record<Action, Words> = {
  pause: {
    button: 'Pause',
    question: 'Pause this job?',
    text: () =>
      'Its workers stop within a moment and keep what they have done. It can go on for six days, then it is cancelled.',
    did: 'Paused',
    kind: 'plain',
  },
  resume: { button: 'Resume', did: 'Goes on', kind: 'main' },
  cancel: {
    button: 'Cancel',
    question: 'Cancel this job?',
    text: ({ counts }) =>
      'exported' in counts
        ? 'It stops and leaves no file.'
        : 'Rows that were written stay written. The rows it did not come to are kept as a file, and can be retried.',
    did: 'Being cancelled',
    kind: 'danger',
  },
  retry: {
    button: 'Retry',
    question: 'Retry this job?',
    text: ({ counts }) =>
      'exported' in counts
        ? 'A new job makes the export again.'
        : 'A new job brings the rows that were rejected or not processed. If nothing had been written, it brings all of them.',
    did: 'A new job retries it',
    kind: 'plain',
  },
  run: {
    button: 'Import now',
    question: 'Carry out this plan?',
    text: () => 'A new job imports the very file that was checked. It begins at once.',
    did: 'A new job carries the plan out',
    kind: 'main',
  },
};

export interface ActionsProps {
  api: Api;
  job: JobSummary;
  /** Gets the job as it is after the action. */
  done: (job: JobAnswer) => void;
  small?: boolean;
}

export const Actions = ({ api, job, done, small = false }: ActionsProps) => {
  const [asked, setAsked] = useState<Action>();
  const [busy, setBusy] = useState<Action>();
  const [problem, setProblem] = useState<string>();
  const act = async (action: Action) => {
    setBusy(action);
    setProblem(undefined);
    try {
      const after = await api.act(job.id, action);
      announce(`${words[action].did}: ${job.name}`);
      setAsked(undefined);
      if (after.id !== job.id) go(`jobs/${after.id}`);
      else done(after);
    } catch (error) {
      setProblem(sentenceOf(error));
    }
    setBusy(undefined);
  };
  const press = (action: Action) => {
    setProblem(undefined);
    if (words[action].question === undefined) void act(action);
    else setAsked(action);
  };
  return (
    <div class="actions">
      {job.actions.map((action) => (
        <button
          key={action}
          type="button"
          class={`button button-${small ? 'plain' : words[action].kind}${small ? ' button-small' : ''}`}
          aria-label={`${words[action].button}: ${job.name}`}
          disabled={busy !== undefined}
          onClick={() => press(action)}
        >
          {words[action].button}
        </button>
      ))}
      {asked === undefined && problem !== undefined && <Notice kind="alert">{problem}</Notice>}
      {asked !== undefined && (
        <Confirm
          title={words[asked].question ?? ''}
          subject={job.name}
          text={words[asked].text?.(job) ?? ''}
          button={asked === 'cancel' ? 'Cancel the job' : words[asked].button}
          kind={words[asked].kind === 'danger' ? 'danger' : 'main'}
          busy={busy !== undefined}
          problem={problem}
          yes={() => void act(asked)}
          no={() => setAsked(undefined)}
        />
      )}
    </div>
  );
};

interface ConfirmProps {
  title: string;
  subject: string;
  text: string;
  button: string;
  kind: 'danger' | 'main';
  busy: boolean;
  problem: string | undefined;
  yes: () => void;
  no: () => void;
}

/** A dialog of the browser's own: it keeps the focus, and Escape means no. */
const Confirm = ({ title, subject, text, button, kind, busy, problem, yes, no }: ConfirmProps) => {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="confirm-title" aria-describedby="confirm-text" onClose={no}>
      <h2 id="confirm-title">{title}</h2>
      <p class="dialog-subject">{subject}</p>
      <p id="confirm-text">{text}</p>
      {problem !== undefined && <Notice kind="alert">{problem}</Notice>}
      <div class="dialog-buttons">
        <button type="button" class="button button-plain" onClick={no}>
          Not now
        </button>
        <button type="button" class={`button button-${kind}`} disabled={busy} onClick={yes}>
          {button}
        </button>
      </div>
    </dialog>
  );
};
