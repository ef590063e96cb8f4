// How a command ends: one exit code for each kind of end, and the error that carries a sentence for the person.

/** Documented in docs/command-line.md: scripts act on them. */
export const exitCodes = {
  done: 0,
  /** The job ended otherwise than completed, or the command itself failed. */
  failed: 1,
  /** The command was not understood: nothing was done. */
  usage: 2,
  /** The server said no. */
  refused: 3,
  /** The server could not be reached, or did not answer. */
  unreachable: 4,
  /** The job completed, but rows were rejected and the caller asked to be told; or a checked file has such rows. */
  rejected: 5,
  /** The person left; the job goes on. */
  left: 130,
} as const;
export type Ending = keyof typeof exitCodes;

/** Ends the command. Its message is for the person, and says what to do where that is known. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly ending: Ending;
  /** A word for scripts: the server's own code where it is the server that speaks. */
  readonly code: string;
  constructor(ending: Ending, message: string, code: string = ending) {
    super(message);
    this.ending = ending;
    this.code = code;
  }
}

export const usageError = (message: string): CliError => new CliError('usage', message);
