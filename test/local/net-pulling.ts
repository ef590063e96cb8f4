// Pulls from servers on loopback that end with the test.
import type { RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { expect } from 'vitest';
import { Refusal } from '../../functions/jobs/errors.ts';
import { PullFailed } from '../../functions/jobs/ports.ts';
import { createPulls } from '../../functions/net/pulls.ts';
import { httpTarget, type Target, tcpTarget } from './net-target.ts';

const targets: Target[] = [];
export const closeTargets = () => Promise.all(targets.splice(0).map((target) => target.close()));

export const serve = async (answer: RequestListener): Promise<Target> => {
  const target = await httpTarget(answer);
  targets.push(target);
  return target;
};
export const speak = async (words: (socket: Socket) => void): Promise<Target> => {
  const target = await tcpTarget(words);
  targets.push(target);
  return target;
};

type Options = Omit<Parameters<typeof createPulls>[0], 'allowLoopback'>;
export const open = (target: Target, maxBytes = 1_000_000, options: Options = {}) =>
  createPulls({ allowLoopback: true, ...options }).open(`${target.origin}/secret-path?token=t0ken`, maxBytes);

/** The error of a pull that must fail, its words checked for what must not be in them. */
export const failure = async (work: AsyncIterable<Uint8Array>): Promise<PullFailed | Refusal> => {
  const error = await buffer(work).then(
    () => expect.unreachable('the pull succeeded'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof PullFailed) && !(error instanceof Refusal)) throw error;
  expect(`${error.message} ${error.cause ?? ''}`).not.toMatch(/127\.0\.0\.1|secret|t0ken|http|example/i);
  return error;
};
export const closedBy = (target: Target) => expect.poll(() => target.open()).toBe(0);
