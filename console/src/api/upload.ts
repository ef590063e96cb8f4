// Sends a file by the form of its ticket, straight to the store. The browser reads the file as it goes: nothing is held.
import type { UploadForm } from '../../../functions/doors/console/schemas.ts';
import { Problem, unreachable } from './problem.ts';

export interface Upload {
  /** Resolves when the store has the file; throws a Problem. */
  done: Promise<void>;
  abort(): void;
}

/** `progress` gets the bytes that are on their way. */
export const upload = (form: UploadForm, file: Blob, name: string, progress: (sent: number) => void): Upload => {
  const body = new FormData();
  for (const [field, value] of Object.entries(form.fields)) body.append(field, value);
  body.append('file', file, name);
  // Unlike fetch it tells how much was sent.
  const request = new XMLHttpRequest();
  const done = new Promise<void>((resolve, reject) => {
    request.upload.onprogress = ({ loaded }) => progress(Math.min(loaded, file.size));
    request.onload = () => (request.status < 300 ? resolve() : reject(refused(request.status)));
    request.onerror = () => reject(unreachable());
    request.onabort = () =>
      reject(new Problem(0, 'aborted', 'The upload was stopped. The job waits an hour for its file.'));
    request.open('POST', form.url);
    request.send(body);
  });
  return { done, abort: () => request.abort() };
};

const refused = (status: number): Problem =>
  status === 409
    ? new Problem(status, 'taken', 'The file was uploaded already: the job has it.')
    : new Problem(
        status,
        'refused',
        'The store did not take the file. Has it changed since you chose it? Choose it again.',
      );
