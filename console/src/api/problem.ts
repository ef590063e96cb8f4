// What went wrong, as a sentence that says what to do.

export class Problem extends Error {
  override readonly name = 'Problem';
  /** The HTTP status; 0 when nobody answered. */
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

const advice: Record<string, string> = {
  unauthorized: 'The key and the secret do not fit. Check that both were copied whole.',
  list_not_found: 'There is no list of that name. Choose one from the list, or import into it first.',
  job_not_found: 'There is no such job, or it is no longer kept. Go back to the list of jobs.',
  too_large: 'Files may be up to 1 GB. Cut the file in parts and import them one after another.',
  too_many_calls: 'There were too many calls in this second. Wait a moment; the page tries again by itself.',
  internal: 'Something went wrong on the server. Try again; if it stays, look into the server’s log.',
};

/** The server's answer in words: its own where they say what to do, else with advice. */
export const problemOf = (status: number, answer: unknown): Problem => {
  const { code = 'unknown', message = '' } = (answer as { error?: { code?: string; message?: string } })?.error ?? {};
  const known = advice[code];
  if (known !== undefined) return new Problem(status, code, known);
  if (message !== '') return new Problem(status, code, message.endsWith('.') ? message : `${message}.`);
  return new Problem(status, code, `The server answered with status ${status}. Try again in a moment.`);
};

export const unreachable = (): Problem =>
  new Problem(
    0,
    'unreachable',
    'The server does not answer. Check that it runs and that you are online; the page keeps trying.',
  );

/** Any thrown thing as a sentence. */
export const sentenceOf = (error: unknown): string =>
  error instanceof Problem ? error.message : 'Something unexpected happened in this page. Reload it and try again.';
