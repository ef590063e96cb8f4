// The crew of one machine: worker threads for planning and lanes, the main thread for reports, one loop that hands out messages.
import { Worker } from 'node:worker_threads';
import type { EmbeddedPorts, Received } from '../embedded/ports.ts';
import { RetryLater } from '../jobs/errors.ts';
import { buryMessage, handleMessage } from '../jobs/handle.ts';
import type { Ports } from '../jobs/ports.ts';
import type { JoinOptions } from './join.ts';
import type { Order, WorkerSays } from './worker.ts';

const reportsAtOnce = 8;
/** Seconds before a failed message comes again, by how often it was tried. */
const backoff = [1, 5, 30];
const longestSleep = 60_000;

interface Hand {
  thread: Worker;
  busy?: Received;
}

export class Crew {
  readonly #ports: Ports & EmbeddedPorts;
  readonly #options: JoinOptions;
  readonly #hands: Hand[] = [];
  readonly #reports = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #stopping = false;
  #idle: (() => void) | undefined;

  constructor(ports: Ports & EmbeddedPorts, options: JoinOptions, size: number) {
    this.#ports = ports;
    this.#options = options;
    for (let index = 0; index < size; index++) this.#hands.push(this.#hire());
    ports.messages.reviveInFlight();
    this.wake();
  }

  /** Looks for work now: called whenever a message may have been sent. */
  wake(): void {
    if (this.#stopping) return;
    clearTimeout(this.#timer);
    for (const hand of this.#hands) {
      if (hand.busy) continue;
      const received = this.#ports.messages.receive('work');
      if (!received) break;
      this.#give(hand, received);
    }
    while (this.#reports.size < reportsAtOnce) {
      const received = this.#ports.messages.receive('report');
      if (!received) break;
      this.#report(received);
    }
    const next = this.#ports.messages.nextVisibleAt();
    const sleep = next === undefined ? longestSleep : Math.min(longestSleep, Math.max(1, next - Date.now()));
    // When a place comes free someone wakes us; until then a message that waits for it must not.
    const anyFree = this.#reports.size < reportsAtOnce && this.#hands.some((hand) => !hand.busy);
    this.#timer = setTimeout(() => this.wake(), anyFree ? sleep : longestSleep);
  }

  /** Takes no more messages, waits for the present ones, ends the threads. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    await Promise.allSettled(this.#reports);
    if (this.#hands.some((hand) => hand.busy))
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
      });
    const ended = this.#hands.map(({ thread }) => new Promise((resolve) => thread.once('exit', resolve)));
    for (const { thread } of this.#hands) thread.postMessage('stop');
    await Promise.all(ended);
  }

  #hire(): Hand {
    const thread = new Worker(new URL('./worker.ts', import.meta.url), {
      workerData: this.#options,
      // Rows live for a moment: a small nursery keeps each thread's memory at half of what it takes otherwise.
      resourceLimits: { maxYoungGenerationSizeMb: 32, maxOldGenerationSizeMb: 96 },
    });
    const hand: Hand = { thread };
    thread.on('message', (news: WorkerSays) => this.#hear(hand, news));
    thread.on('error', () => this.#ports.log.error('worker.crashed'));
    thread.on('exit', () => this.#replace(hand));
    return hand;
  }

  /** A thread that ended by itself (out of memory) leaves its message to another try. */
  #replace(hand: Hand): void {
    if (this.#stopping) return;
    const { busy } = hand;
    this.#hands.splice(this.#hands.indexOf(hand), 1, this.#hire());
    if (busy) this.#retry(busy);
    this.wake();
  }

  #give(hand: Hand, received: Received): void {
    if (received.dead) {
      void this.#bury(received);
      return;
    }
    hand.busy = received;
    const order: Order = { message: received.message, redelivered: received.receives > 1 };
    hand.thread.postMessage(order);
  }

  #hear(hand: Hand, news: WorkerSays): void {
    const { busy } = hand;
    if (news.kind !== 'sent' && busy) {
      delete hand.busy;
      if (news.kind === 'done') this.#ports.messages.done(busy.id);
      else if (news.kind === 'again') this.#ports.messages.again(busy.id, news.seconds);
      else {
        this.#ports.log.warn('message.failed', { job: busy.message.job, kind: busy.message.kind, error: news.error });
        this.#retry(busy);
      }
      if (!this.#hands.some((other) => other.busy)) this.#idle?.();
    }
    this.wake();
  }

  #retry(received: Received): void {
    try {
      this.#ports.messages.again(received.id, backoff[received.receives - 1] ?? backoff.at(-1) ?? 30);
    } catch {
      // The queue cannot be written now (a full disk): the message becomes visible again by itself.
      this.#ports.log.error('queue.failed');
    }
  }

  async #bury(received: Received): Promise<void> {
    try {
      await buryMessage(this.#ports, received.message);
      this.#ports.messages.done(received.id);
    } catch {
      this.#retry(received);
    }
    this.wake();
  }

  #report(received: Received): void {
    const done = this.#deliver(received).finally(() => {
      this.#reports.delete(done);
      this.wake();
    });
    this.#reports.add(done);
  }

  async #deliver(received: Received): Promise<void> {
    if (received.dead) return this.#bury(received);
    try {
      await handleMessage(this.#ports, received.message, () => Number.POSITIVE_INFINITY);
      this.#ports.messages.done(received.id);
    } catch (error) {
      if (error instanceof RetryLater) this.#ports.messages.again(received.id, error.seconds);
      else this.#retry(received);
    }
  }
}
