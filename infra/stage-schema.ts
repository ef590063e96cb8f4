// What a stage may say: the numbers and names in which deployments differ, checked before anything is synthesized.
import { z } from 'zod';

const days = z.int().min(1).max(3650);

/** Most invocations at once of what one queue feeds: SQS allows 2 to 1000. */
const concurrency = z.int().min(2).max(1000);

const throttle = z.strictObject({
  /** Requests per second, on average. */
  rate: z.number().positive(),
  burst: z.int().positive(),
});
export type Throttle = z.output<typeof throttle>;

const domainName = z.string().regex(/^(?!-)[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'a domain name in lower case');
const certificateArn = z
  .string()
  .regex(/^arn:aws:acm:[\w-]+:\d{12}:certificate\/[\w-]+$/, 'the ARN of a certificate of ACM');

/** A name of one's own for an endpoint; the certificate must be in the region of the stage. */
const endpoint = z.strictObject({ name: domainName, certificateArn });

export const stageSchema = z.strictObject({
  /** Part of every name: `stevedore-<name>-...`. One stage of a name can exist in an account and region. */
  name: z.string().regex(/^[a-z][a-z0-9-]{0,14}$/),
  /** Whether tables, buckets and keys outlive the stack, and neither stack nor table can be deleted by mistake. */
  keepData: z.boolean(),
  /** How long what the engine no longer needs is kept. */
  retention: z
    .strictObject({
      logs: z.literal([7, 30, 90, 365]),
      /** A backstop: the engine removes uploads itself, seven days after the end of their job. */
      uploads: days,
      /** A backstop too. A client's setting lets links live for 24 hours from the end of the job, which is later than the object's beginning. */
      exports: days.min(2),
      /** Plans, rejected rows, changes of dry runs. */
      work: days.min(8),
      /** Undelivered messages wait for a person; SQS keeps none for longer than 14 days. */
      deadLetters: days.min(5).max(14),
    })
    .refine(({ uploads }) => uploads >= 7, 'retry needs uploads for seven days'),
  /** Who gets alarm mails; nobody when absent. `pageMail`, when it is another, gets the one alarm worth getting up for. */
  alarmMail: z.email().optional(),
  pageMail: z.email().optional(),
  mail: z.strictObject({
    /** The domain that SES sends report mails from, and the sender's name in it. */
    domain: domainName,
    sender: z.string().regex(/^[\w.+-]+$/),
    /** `create`: the stage makes the identity. `existing`: the account has it already, from another stage for example. */
    identity: z.enum(['create', 'existing']),
  }),
  /** Where the runbook can be read; alarm texts add the heading's anchor. */
  runbook: z.string().min(1),
  /** `each`: a queue and a function with rights of its own for every job type. `one` for all: what a new account has room for. */
  lanes: z.enum(['each', 'one']),
  /** Most invocations at once. Their sum must leave room in the account's limit. */
  concurrency: z.strictObject({
    /** The account's limit in the region (quota L-B99A9384): 10 in new accounts, 1000 in others. */
    account: z.int().min(10),
    /** Of it, for the doors and the sweeper, and whatever else runs in the account. */
    spare: z.int().min(2),
    plan: concurrency,
    /** For each job type; for all together when `lanes` is `one`, and `plan` and `report` are part of it then. */
    lane: concurrency,
    report: concurrency,
    uploads: concurrency,
    deadLetter: concurrency,
  }),
  /**
   * Requests that API Gateway lets through, all clients together: well above what the door allows each key (40 and 300 per second),
   * because the gateway's own 429 has neither envelope nor rate-limit headers. `console` serves people and scripts.
   */
  api: z.strictObject({ submit: throttle, read: throttle, console: throttle, other: throttle }),
  /** A name of one's own for the HTTP API; AWS's name for it when absent. */
  domain: endpoint.optional(),
  /**
   * Origins of the web pages that may send files by the forms of upload tickets, as S3's CORS rules write them. A form is an
   * authority of its own and no cookie counts, so any origin is no risk.
   */
  uploadOrigins: z.array(z.string().min(1)),
  /** Whether there is a web console: CloudFront before its files and the API. It costs nothing while idle; new accounts may have to ask for CloudFront. */
  console: z.boolean().optional(),
  /** A container service for requests with files of up to 1 GB in their bodies; it costs money while idle. */
  uploadDoor: z
    .strictObject({
      /** Its own name; clients that post large files use it in place of the API's. */
      domain: endpoint,
      /** Tasks that run at any time. */
      tasks: z.int().min(1).max(20),
      cpu: z.literal([256, 512, 1024, 2048]),
      memoryMb: z.int().min(512).max(16_384),
    })
    .optional(),
  /** What the dashboard reckons with, in US dollars. */
  prices: z.strictObject({
    /** A million HTTP API requests; a GB of logs written. */
    millionRequests: z.number().nonnegative(),
    gbLogs: z.number().nonnegative(),
  }),
});

export type Stage = z.output<typeof stageSchema>;
