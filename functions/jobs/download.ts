// The links of a job's files, signed anew for the time that is left.
import type { Job } from './job.ts';
import type { Ports } from './ports.ts';

export interface Links {
  export?: string;
  rejected?: string;
  /** True when the job made an export whose link has ended. */
  expired?: boolean;
}

export declare const linksOf: (ports: Pick<Ports, 'clock' | 'files'>, job: Job) => Promise<Links>;
