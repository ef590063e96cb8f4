// A bar on stderr for work that takes a while: only where a person watches.
// Not clack's: that one takes Ctrl-C for itself and ends with 0, and Ctrl-C here leaves a job running and must say so.
import type { Out } from './output.ts';

const width = 28;
/** Milliseconds between two drawings. */
const every = 80;

export interface Bar {
  /** `total` null: nobody knows yet. */
  show(label: string, value: number, total: number | null, detail?: string): void;
  /** Takes the bar away. */
  clear(): void;
}

/** The line that shows `value` of `total`. */
export const barLine = (label: string, value: number, total: number | null, detail = ''): string => {
  const share = total === null || total === 0 ? 0 : Math.min(1, value / total);
  const full = Math.round(share * width);
  const percent = total === null ? '' : `${Math.floor(share * 100)} %`.padStart(5);
  return `${label} [${'='.repeat(full)}${' '.repeat(width - full)}]${percent}  ${detail}`.trimEnd();
};

export const createBar = (out: Out): Bar => {
  if (!out.watched) return { show: () => undefined, clear: () => undefined };
  let drawnAt = 0;
  let shown = '';
  return {
    show(label, value, total, detail) {
      const line = barLine(label, value, total, detail).slice(0, (process.stderr.columns || 80) - 1);
      const now = performance.now();
      if (line === shown || (now - drawnAt < every && value !== total)) return;
      drawnAt = now;
      shown = line;
      process.stderr.write(`\r${line}\x1b[K`);
    },
    clear() {
      if (shown !== '') process.stderr.write('\r\x1b[K');
      shown = '';
    },
  };
};
