// What went wrong, as this protocol says it: an HTTP status, a code, and an envelope of exactly two keys.
import { Refusal, type RefusalReason } from '../../jobs/errors.ts';

/** An answer that is not a success. Its message is for the caller and may hold what the caller sent: it is never logged. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: number;
  constructor(status: number, code: number, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export const fileTooLarge = 'The size of the file exceeds the maximum upload file size';

const refusals: Record<RefusalReason, readonly [status: number, code: number]> = {
  missing_parameter: [400, 2],
  invalid_parameter: [400, 99],
  // Documented as a success of HTTP: clients look at the body.
  invalid_list_name: [200, 99],
  invalid_lists: [200, 99],
  invalid_url: [400, 99],
  invalid_date: [400, 18],
  unknown_type: [400, 99],
  list_not_found: [404, 99],
  blast_not_found: [404, 13],
  template_not_found: [404, 14],
  send_not_found: [404, 12],
  already_sent: [409, 41],
  // Extractors skip a campaign for this pair alone.
  blast_not_exportable: [403, 99],
  too_large: [400, 99],
  idempotency_conflict: [409, 99],
  job_not_found: [404, 99],
  not_allowed: [409, 99],
};

export const missing = (name: string): ApiError => new ApiError(400, 2, `Missing required parameter: ${name}`);

export const bodyTooLarge = (): ApiError =>
  new ApiError(413, 99, 'The request body is too large: send the addresses as a file');

export const tooManyParameters = (): ApiError => new ApiError(413, 99, 'Too many parameters');

/** How an error is answered; undefined when it was not foreseen. */
export const apiErrorOf = (error: unknown): ApiError | undefined => {
  if (error instanceof ApiError) return error;
  if (!(error instanceof Refusal)) return undefined;
  const [status, code] = refusals[error.reason];
  return new ApiError(status, code, error.reason === 'too_large' ? fileTooLarge : error.message);
};

export const unexpected = new ApiError(500, 9, 'Internal Exception');

/** A third key would make some clients take the failure for a success. */
export const envelope = (error: ApiError): { error: number; errormsg: string } => ({
  error: error.code,
  errormsg: error.message.slice(0, 500),
});
