// Queues in memory that lose, repeat, delay and reorder messages, hand them out again, and give them up after some tries.

import type { Millis } from '../../functions/jobs/job.ts';
import type { Message, QueueName } from '../../functions/jobs/ports.ts';
import type { Actor, World } from './world.ts';

/** Handing a message out so often is enough; one more time it is buried. */
const tries = 4;

export interface Letter {
  id: number;
  queue: QueueName;
  message: Message;
  visibleAt: Millis;
  receives: number;
  holder?: Actor;
}

export class Queues {
  readonly #world: World;
  #letters: Letter[] = [];
  #last = 0;

  constructor(world: World) {
    this.#world = world;
  }

  send(queue: QueueName, messages: readonly Message[], delaySeconds: number): void {
    for (const message of messages) {
      if (this.#world.fault('drop')) continue;
      let copies = 1;
      while (copies < 4 && this.#world.fault('repeat')) copies++;
      for (let copy = 0; copy < copies; copy++) {
        const late = this.#world.fault('late') ? this.#world.random.pick([1_000, 30_000, 600_000]) : 0;
        this.#put(queue, message, this.#world.now + delaySeconds * 1000 + late);
      }
    }
  }

  /** Letters that may be handed out now. */
  visible(): Letter[] {
    return this.#letters.filter(({ visibleAt, holder }) => visibleAt <= this.#world.now && !holder);
  }

  /** When the next letter may be handed out; undefined when none waits. */
  get next(): Millis | undefined {
    const times = this.#letters.filter(({ holder }) => !holder).map(({ visibleAt }) => visibleAt);
    return times.length > 0 ? Math.min(...times) : undefined;
  }

  get empty(): boolean {
    return this.#letters.length === 0;
  }

  /** Its tries are used up: the next one who takes it buries it. */
  isDead({ receives }: Letter): boolean {
    return receives >= tries;
  }

  take(letter: Letter, holder: Actor): void {
    letter.holder = holder;
    letter.receives++;
  }

  done(letter: Letter, holder: Actor): void {
    // Somebody else has it by now: the old receipt may or may not be good for removing it.
    if (letter.holder !== holder && this.#world.random.chance(0.5)) return;
    this.#letters = this.#letters.filter((other) => other !== letter);
  }

  /** Comes again after so long, unless somebody else has it. */
  again(letter: Letter, holder: Actor, delay: Millis): void {
    if (letter.holder !== holder) return;
    delete letter.holder;
    letter.visibleAt = this.#world.now + delay;
  }

  #put(queue: QueueName, message: Message, visibleAt: Millis): void {
    const twin = this.#world.settings.oneOfEach
      ? this.#letters.find((other) => !other.holder && same(other.message, message))
      : undefined;
    if (twin) twin.visibleAt = Math.min(twin.visibleAt, visibleAt);
    else this.#letters.push({ id: ++this.#last, queue, message, visibleAt, receives: 0 });
  }
}

const same = (one: Message, other: Message): boolean => JSON.stringify(one) === JSON.stringify(other);
