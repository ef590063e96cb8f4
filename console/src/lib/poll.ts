// Asks again and again, without being a burden: every second while something moves, ever slower while nothing does, never unseen.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { Problem } from '../api/problem.ts';
import { nextDelay, shortest } from './delay.ts';

export interface Polled<T> {
  answer: T | undefined;
  /** The last look went wrong; `answer` is then of an earlier one. */
  problem: Problem | undefined;
  /** Looks at once, and often again for a while. */
  refresh(): void;
  /** What is known from elsewhere, such as the answer to an action. */
  put(answer: T): void;
}

interface Held<T> {
  key: string;
  answer?: T;
  problem?: Problem;
}

/**
 * The newest answer. `key` names what is asked: another one starts anew, and keeps showing the old answer until the new one
 * comes if `keep` says so.
 */
export const usePoll = <T>(
  key: string,
  ask: () => Promise<T>,
  moves: (answer: T) => boolean,
  keep = false,
): Polled<T> => {
  const [held, setHeld] = useState<Held<T>>({ key });
  const current = useRef({ ask, moves });
  current.current = { ask, moves };
  const wake = useRef(() => {});

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let delay = shortest;
    let over = false;
    /** Only the newest look counts. */
    let looks = 0;
    const look = async (): Promise<void> => {
      clearTimeout(timer);
      const mine = ++looks;
      try {
        const answer = await current.current.ask();
        if (over || mine !== looks) return;
        delay = nextDelay(delay, current.current.moves(answer));
        setHeld({ key, answer });
      } catch (error) {
        if (over || mine !== looks) return;
        delay = nextDelay(delay, false);
        const problem =
          error instanceof Problem ? error : new Problem(0, 'unexpected', 'This page met an error. Reload it.');
        setHeld(({ answer }) => ({ key, ...(answer !== undefined && { answer }), problem }));
      }
      if (!document.hidden) timer = setTimeout(look, delay);
    };
    const again = () => {
      delay = shortest;
      void look();
    };
    const seen = () => {
      clearTimeout(timer);
      if (!document.hidden) again();
    };
    wake.current = again;
    document.addEventListener('visibilitychange', seen);
    void look();
    return () => {
      over = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', seen);
    };
  }, [key]);

  const put = useCallback(
    (answer: T) => {
      setHeld({ key, answer });
      wake.current();
    },
    [key],
  );
  const shown = held.key === key || keep;
  return {
    answer: shown ? held.answer : undefined,
    problem: shown ? held.problem : undefined,
    refresh: () => wake.current(),
    put,
  };
};
