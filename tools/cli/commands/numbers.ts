// Numbers as options take them.
import { InvalidArgumentError } from 'commander';

/** A whole number from 0 up to `most`. */
export const whole =
  (most: number) =>
  (text: string): number => {
    if (!/^\d+$/.test(text) || Number(text) > most)
      throw new InvalidArgumentError(`It is a whole number up to ${most.toLocaleString('en-US')}.`);
    return Number(text);
  };

/** A number, 0 or more. */
export const amount = (text: string): number => {
  const value = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || !Number.isFinite(value))
    throw new InvalidArgumentError('It is a number, 0 or more.');
  return value;
};
