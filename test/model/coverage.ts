// What schedules went through, counted: a fault that never happens is a fault that is not tested.

export class Coverage {
  readonly counts = new Map<string, number>();

  add(what: string, times = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + times);
  }

  /** Adds what another one counted. */
  merge(other: Coverage): void {
    for (const [what, times] of other.counts) this.add(what, times);
  }

  of(what: string): number {
    return this.counts.get(what) ?? 0;
  }

  /** The sum of those whose names begin and end so. */
  ending(end: string, begin: string): number {
    return [...this.counts].reduce((sum, [what, n]) => sum + (what.startsWith(begin) && what.endsWith(end) ? n : 0), 0);
  }

  /** The counts whose names begin so, the largest first, as one line. */
  line(prefix: string): string {
    return [...this.counts]
      .filter(([what]) => what.startsWith(prefix))
      .sort(([, a], [, b]) => b - a)
      .map(([what, times]) => `${what.slice(prefix.length)} ${times}`)
      .join(', ');
  }
}
