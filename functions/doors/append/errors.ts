// What went wrong, as this door says it: a status, and a message in the shape of API Gateway's own.
import { Refusal } from '../../jobs/errors.ts';

type Status = 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 429 | 500;

/** An answer that is not a success. Its message is for the caller and may hold what the caller sent: it is never logged. */
export class DoorError extends Error {
  override readonly name = 'DoorError';
  readonly status: Status;
  /** Keys beside the message. */
  readonly more: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
  constructor(
    status: Status,
    message: string,
    { more = {}, headers = {} }: { more?: Record<string, unknown>; headers?: Record<string, string> } = {},
  ) {
    super(message);
    this.status = status;
    this.more = more;
    this.headers = headers;
  }
}

/** One answer for a missing, an unknown and a disabled key. */
export const forbidden = (): DoorError => new DoorError(403, 'Forbidden');
/** One answer for a missing, an unknown and an ended token, a wrong user and a wrong password. */
export const unauthorized = (): DoorError => new DoorError(401, 'Unauthorized');
export const invalid = (message: string): DoorError => new DoorError(400, message);
export const unexpected = new DoorError(500, 'Internal server error');

/** How an error is answered; undefined when it was not foreseen. */
export const doorErrorOf = (error: unknown): DoorError | undefined => {
  if (error instanceof DoorError) return error;
  return error instanceof Refusal ? invalid(error.message) : undefined;
};
