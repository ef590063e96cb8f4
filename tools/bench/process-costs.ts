// What a process of this machine has used: CPU time and memory, from the outside.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const kernelTicks = 100;
const mebibyte = 1024 * 1024;

/** Watches one process. Linux tells the true peak of memory; elsewhere `ps` is asked whenever `sample` is called. */
export class ProcessCosts {
  readonly #pid: number;
  readonly #linux = process.platform === 'linux';
  #peak = 0;

  constructor(pid: number) {
    this.#pid = pid;
  }

  /** Forgets the peak so far. */
  restart(): void {
    this.#peak = 0;
    if (!this.#linux) return;
    try {
      writeFileSync(`/proc/${this.#pid}/clear_refs`, '5');
    } catch {
      // A kernel that does not let us: the peak is then that of the whole run.
    }
  }

  /** To be called now and then while the process works. */
  sample(): void {
    if (!this.#linux) this.#peak = Math.max(this.#peak, Number(this.#ask('rss=')) * 1024);
  }

  /** Most resident memory since `restart`, in MiB. */
  peakMiB(): number {
    if (!this.#linux) return this.#peak / mebibyte;
    const kilobytes = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${this.#pid}/status`, 'utf8'))?.[1];
    return Number(kilobytes) / 1024;
  }

  /** CPU seconds of all its threads since it began. */
  cpuSeconds(): number {
    if (!this.#linux) return secondsOf(this.#ask('time='));
    const stat = readFileSync(`/proc/${this.#pid}/stat`, 'utf8');
    // Fields 14 and 15; the name in field 2 may hold anything, so counting begins behind it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / kernelTicks;
  }

  #ask(column: string): string {
    return execFileSync('ps', ['-o', column, '-p', String(this.#pid)], { encoding: 'utf8' }).trim();
  }
}

/** `[days-]hours:minutes:seconds`, of which the first ones may be missing. */
const secondsOf = (time: string): number =>
  time
    .replace('-', ':')
    .split(':')
    .map(Number)
    .reverse()
    .reduce((sum, part, index) => sum + part * ([1, 60, 3600, 86_400][index] ?? 0), 0);
