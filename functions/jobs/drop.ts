// A file that was put at uploads/imports/<client>/<list>/<file> becomes an import job of that client, once.
import type { Job } from './job.ts';
import type { Ports } from './ports.ts';

/** `key` is the whole key with its area; `version` differs whenever the object does (an ETag). Undefined when the key is not a drop. */
export declare const submitDrop: (ports: Ports, key: string, version: string) => Promise<Job | undefined>;
