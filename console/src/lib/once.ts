// Fetches something once, for as long as its key stays the same.
import { useEffect, useState } from 'preact/hooks';

/** What `ask` answers; nothing is asked while `key` is undefined, and anew when it changes. */
export const useOnce = <T>(key: string | undefined, ask: () => Promise<T>): { answer?: T; problem?: unknown } => {
  const [held, setHeld] = useState<{ key?: string; answer?: T; problem?: unknown }>({});
  useEffect(() => {
    if (key === undefined) return;
    let over = false;
    ask().then(
      (answer) => over || setHeld({ key, answer }),
      (problem) => over || setHeld({ key, problem }),
    );
    return () => {
      over = true;
    };
  }, [key]);
  return held;
};
