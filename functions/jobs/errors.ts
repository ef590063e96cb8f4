// The three ways in which work can fail, and the refusal of a request. Anything else that is thrown is unexpected.

/** What was wrong with a request; each door has its own words and codes for these. */
export type RefusalReason =
  | 'missing_parameter'
  | 'invalid_parameter'
  | 'invalid_list_name'
  /** Of a bulk request over lists: no array of names, or too many. */
  | 'invalid_lists'
  | 'invalid_url'
  | 'invalid_date'
  | 'unknown_type'
  | 'list_not_found'
  | 'blast_not_found'
  | 'template_not_found'
  | 'send_not_found'
  /** What has gone out, or is going, cannot be taken back. */
  | 'already_sent'
  /** Its people are not known before it was sent, or are not told any more. */
  | 'blast_not_exportable'
  | 'too_large'
  | 'idempotency_conflict'
  /** No job of this client has that id. */
  | 'job_not_found'
  /** The job is not in a state that allows it. */
  | 'not_allowed';

/** A request that cannot become a job. Nothing was written. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly reason: RefusalReason;
  constructor(reason: RefusalReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** Ends the job with a reason for the caller: trying again cannot help. */
export class Reject extends Error {
  override readonly name = 'Reject';
  readonly class: 'input' | 'remote' | 'timeout';
  constructor(message: string, failureClass: 'input' | 'remote' | 'timeout' = 'input') {
    super(message);
    this.class = failureClass;
  }
}

/** The work cannot be done now; deliver the message again after `seconds`. */
export class RetryLater extends Error {
  override readonly name = 'RetryLater';
  readonly seconds: number;
  constructor(seconds: number, message = `try again in ${seconds} s`) {
    super(message);
    this.seconds = seconds;
  }
}

/** The job was paused, cancelled or ended while it was worked on: whoever works on it lets go, and nothing is lost. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}
