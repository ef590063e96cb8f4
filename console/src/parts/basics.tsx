// Small parts that every page uses: states, times, notices, empty states.
import type { ComponentChildren } from 'preact';
import type { JobAnswer } from '../../../functions/doors/console/schemas.ts';
import { serverNow } from '../api/client.ts';
import { dateTime, relative } from '../lib/format.ts';

const stateNames: Record<JobAnswer['state'], string> = {
  scheduled: 'Scheduled',
  pending: 'Waiting',
  running: 'Running',
  paused: 'Paused',
  completed: 'Completed',
  incomplete: 'Incomplete',
  failed: 'Failed',
  cancelled: 'Cancelled',
};
export const states = Object.keys(stateNames) as JobAnswer['state'][];
export const stateName = (state: JobAnswer['state']): string => stateNames[state];

const doors: Record<JobAnswer['door'], string> = {
  sailthru: 'By the Sailthru API',
  greenarrow: 'By the GreenArrow API',
  append: 'By the append API',
  console: 'By the console',
  drop: 'By a dropped file',
};
export const doorName = (door: JobAnswer['door']): string => doors[door];

export const Badge = ({ job }: { job: Pick<JobAnswer, 'state' | 'stopping'> }) => (
  <span class={`badge badge-${job.stopping ? 'paused' : job.state}`}>
    {job.stopping ? 'Stopping' : stateNames[job.state]}
  </span>
);

/** A moment, as how long ago it is; the exact time on pointing, and for screen readers of the machine kind. */
export const Moment = ({ at }: { at: string }) => (
  <time dateTime={at} title={dateTime(at)}>
    {relative(Date.parse(at), serverNow())}
  </time>
);

/** Something to be told: `alert` interrupts a screen reader, the others wait. */
export const Notice = ({
  kind,
  children,
}: {
  kind: 'alert' | 'warn' | 'good' | 'info';
  children: ComponentChildren;
}) => (
  <div class={`notice notice-${kind}`} role={kind === 'alert' ? 'alert' : undefined}>
    {children}
  </div>
);

/** What is shown where nothing is yet: what would be here, and how it gets here. */
export const Empty = ({ title, children }: { title: string; children: ComponentChildren }) => (
  <div class="empty">
    <h2>{title}</h2>
    {children}
  </div>
);

/** Holds the place of what is being fetched, without movement. */
export const Waiting = ({ what, lines = 3 }: { what: string; lines?: number }) => (
  <div class="waiting" aria-busy="true">
    <span class="unseen" role="status">
      Loading {what}
    </span>
    {Array.from({ length: lines }, (_, index) => (
      <div key={index} class="waiting-line" />
    ))}
  </div>
);

export const Card = (props: { title: string; children: ComponentChildren; aside?: ComponentChildren }) => {
  const id = `card-${props.title.toLowerCase().replace(/\W+/g, '-')}`;
  return (
    <section class="card" aria-labelledby={id}>
      <div class="card-head">
        <h2 id={id}>{props.title}</h2>
        {props.aside}
      </div>
      {props.children}
    </section>
  );
};

/** What may be wider than the page scrolls by itself, for keyboards too. */
export const ScrollBox = ({ label, children }: { label: string; children: ComponentChildren }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable without a mouse
  <section class="table-box" aria-label={label} tabIndex={0}>
    {children}
  </section>
);

/** Words for screen readers about what changed by itself. */
export const announce = (text: string): void => {
  const region = document.getElementById('announcer');
  if (region) region.textContent = text;
};
