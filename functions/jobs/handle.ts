// What a queue's shell calls: one message in, the right part of the engine runs.
import type { Message, Ports } from './ports.ts';

/** How long the caller may still run, in milliseconds; a Lambda's remaining time. */
export type Budget = () => number;

/** Does what a message hints at, or finds nothing left to do. Throws RetryLater, or anything unexpected: deliver it again then. */
export declare const handleMessage: (ports: Ports, message: Message, budget: Budget) => Promise<void>;

/** A message that used up its tries: its job ends, with the rows of that chunk not processed. */
export declare const buryMessage: (ports: Ports, message: Message) => Promise<void>;
