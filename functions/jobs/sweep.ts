// Every minute: jobs that stand still are sent on, files whose links ended are removed.
import type { Ports } from './ports.ts';

/** Looks at all jobs whose time has come; returns how many. */
export declare const sweep: (ports: Ports) => Promise<number>;
