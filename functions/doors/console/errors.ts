// What went wrong, as this door says it: an HTTP status, and a code with a sentence for people.
import { Refusal, type RefusalReason } from '../../jobs/errors.ts';
import type { ErrorAnswer, ErrorCode } from './schemas.ts';

type Status = 400 | 401 | 404 | 405 | 409 | 413 | 429 | 500;

/** An answer that is not a success. Its message is for the caller and may hold what the caller sent: it is never logged. */
export class DoorError extends Error {
  override readonly name = 'DoorError';
  readonly status: Status;
  readonly code: ErrorCode;
  readonly headers: Readonly<Record<string, string>>;
  constructor(status: Status, code: ErrorCode, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

const refusals: Record<RefusalReason, Status> = {
  missing_parameter: 400,
  invalid_parameter: 400,
  invalid_list_name: 400,
  invalid_lists: 400,
  invalid_url: 400,
  invalid_date: 400,
  unknown_type: 400,
  list_not_found: 404,
  blast_not_found: 404,
  template_not_found: 404,
  send_not_found: 404,
  already_sent: 409,
  blast_not_exportable: 409,
  job_not_found: 404,
  not_allowed: 409,
  idempotency_conflict: 409,
  too_large: 413,
};

/** One answer for an unknown key, a wrong signature and a time that is off: it must not tell which. */
export const unauthorized = (): DoorError =>
  new DoorError(
    401,
    'unauthorized',
    'The call is not signed with a known key and its secret, or its time is more than 5 minutes off',
    { 'WWW-Authenticate': 'Stevedore' },
  );

/** How an error is answered; undefined when it was not foreseen. */
export const doorErrorOf = (error: unknown): DoorError | undefined => {
  if (error instanceof DoorError) return error;
  return error instanceof Refusal ? new DoorError(refusals[error.reason], error.reason, error.message) : undefined;
};

export const unexpected = new DoorError(500, 'internal', 'Something went wrong here: repeat the call');

export const envelope = ({ code, message }: DoorError): ErrorAnswer => ({
  error: { code, message: message.slice(0, 500) },
});
