// The argument that names a job.
import { Argument, InvalidArgumentError } from 'commander';

/** 24 hex digits: anything else would be a path of its own on the server. */
export const idArgument = (): Argument =>
  new Argument('<job>', 'its id').argParser((text: string) => {
    if (!/^[0-9a-f]{24}$/.test(text)) throw new InvalidArgumentError('The id of a job has 24 hex digits.');
    return text;
  });
