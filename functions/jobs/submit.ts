// A request becomes a job: written first, then sent, then answered.
import type { DoorName, Job } from './job.ts';
import type { Client, Ports } from './ports.ts';

/** What a door understood of a request; nothing in it is trusted yet. */
export interface JobRequest {
  door: DoorName;
  /** The type as the client spelled it. */
  type: string;
  /** All other parameters; `emails`, `url`, `report_email`, `postback_url` among them. */
  params: Record<string, unknown>;
  /** An uploaded file that already lies in the store. The job owns it from here on; on refusal the door removes it. */
  upload?: { key: string; filename: string };
  /** Idempotency-Key and the hash over the whole request. */
  idempotency?: { key: string; fingerprint: string };
}

/** Writes the job and sends it on its way. Throws Refusal when the request cannot become a job. */
export declare const submit: (ports: Ports, client: Client, request: JobRequest) => Promise<Job>;
