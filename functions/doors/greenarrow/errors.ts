// What went wrong, as this protocol says it: a word and a sentence in the envelope, mostly under HTTP status 200.
import { Refusal, type RefusalReason } from '../../jobs/errors.ts';

type Status = 200 | 401 | 403 | 404 | 405 | 413 | 429 | 500;

export type ErrorCode =
  | 'not_authorized'
  | 'validation_failed'
  | 'invalid_request'
  | 'requested_too_many'
  | 'not_found'
  | 'internal_error';

/** An answer that is not a success. Its message is for the caller and may hold what the caller sent: it is never logged. */
export class DoorError extends Error {
  override readonly name = 'DoorError';
  readonly code: ErrorCode;
  readonly status: Status;
  readonly headers: Readonly<Record<string, string>>;
  constructor(code: ErrorCode, message: string, status: Status = 200, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.headers = headers;
  }
}

export const invalidRequest = (message: string): DoorError => new DoorError('invalid_request', message);
export const invalidRecord = (message: string): DoorError => new DoorError('validation_failed', message);

/** Of another organization it is the same as of nobody. */
export const notFound = (what: string): DoorError => new DoorError('not_found', `${what} was not found`);

/** One answer for an unknown organization, a wrong key and a disabled client: it must not tell which. */
export const unauthorized = (): DoorError =>
  new DoorError('not_authorized', 'A valid organization id and API key are needed', 401, {
    'WWW-Authenticate': 'Basic realm="GreenArrow Studio API"',
  });

export const forbidden = (): DoorError =>
  new DoorError('not_authorized', 'This needs the API key of a system administrator', 403);

const refusals: Record<RefusalReason, ErrorCode> = {
  missing_parameter: 'validation_failed',
  invalid_parameter: 'validation_failed',
  invalid_list_name: 'validation_failed',
  invalid_url: 'validation_failed',
  invalid_lists: 'validation_failed',
  invalid_date: 'validation_failed',
  unknown_type: 'invalid_request',
  list_not_found: 'not_found',
  blast_not_found: 'not_found',
  blast_not_exportable: 'validation_failed',
  job_not_found: 'not_found',
  send_not_found: 'not_found',
  template_not_found: 'not_found',
  already_sent: 'validation_failed',
  not_allowed: 'validation_failed',
  idempotency_conflict: 'invalid_request',
  too_large: 'validation_failed',
};

/** How an error is answered; undefined when it was not foreseen. */
export const doorErrorOf = (error: unknown): DoorError | undefined => {
  if (error instanceof DoorError) return error;
  return error instanceof Refusal ? new DoorError(refusals[error.reason], error.message) : undefined;
};

export const unexpected = new DoorError('internal_error', 'Something went wrong here: repeat the call', 500);

export interface Envelope {
  success: boolean;
  data: unknown;
  error_code: ErrorCode | null;
  error_message: string | null;
}

export const failed = ({ code, message }: DoorError): Envelope => ({
  success: false,
  data: null,
  error_code: code,
  error_message: message.slice(0, 500),
});

export const succeeded = (data: unknown): Envelope => ({ success: true, data, error_code: null, error_message: null });
