// What each Lambda function reads from its environment: one schema per shell, shared with the construct that deploys it.
import { z } from 'zod';

const url = z.url();

/**
 * Queue name to queue URL, from what all URLs begin with and then the names: `https://.../stevedore-dev- plan report`. `plan=work` says that
 * the queue behind a name has another. Short, since a function's environment holds 4 KB and there is a queue for every job type.
 */
const queues = z
  .string()
  .transform((text): Record<string, string> => {
    const [base = '', ...names] = text.split(' ');
    return Object.fromEntries(
      names.map((named) => {
        const [name = '', queue = name] = named.split('=');
        return [name, base + queue];
      }),
    );
  })
  .pipe(z.record(z.string(), url));

/** What the Lambda service or a test bench sets; a deployment never does. */
const runtime = z.object({
  AWS_REGION: z.string().min(1),
  /** The function's memory in MB. */
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: z.coerce.number().positive().optional(),
  AWS_ENDPOINT_URL_DYNAMODB: url.optional(),
  AWS_ENDPOINT_URL_S3: url.optional(),
  AWS_ENDPOINT_URL_SQS: url.optional(),
  AWS_ENDPOINT_URL_SES: url.optional(),
  AWS_ENDPOINT_URL_KMS: url.optional(),
  AWS_ENDPOINT_URL_EVENTBRIDGE: url.optional(),
  /** Lets postbacks and URL pulls reach this machine: for the bench on emulators only. */
  ALLOW_LOOPBACK: z.literal('true').optional(),
});

/** What every shell needs to reach the system's parts. */
const engine = runtime.extend({
  /** The name of the stage, in metrics. */
  STAGE: z.string().min(1),
  /** The name of the shell or lane, in logs. */
  SERVICE: z.string().min(1),
  CLIENTS_TABLE: z.string().min(1),
  JOBS_TABLE: z.string().min(1),
  PROFILES_TABLE: z.string().min(1),
  LISTS_TABLE: z.string().min(1),
  MEMBERS_TABLE: z.string().min(1),
  ALIASES_TABLE: z.string().min(1),
  PURCHASES_TABLE: z.string().min(1),
  CONTENT_TABLE: z.string().min(1),
  SENDS_TABLE: z.string().min(1),
  BLASTS_TABLE: z.string().min(1),
  RECIPIENTS_TABLE: z.string().min(1),
  APPENDS_TABLE: z.string().min(1),
  UPLOADS_BUCKET: z.string().min(1),
  EXPORTS_BUCKET: z.string().min(1),
  JOBS_BUCKET: z.string().min(1),
  /** The queues that this shell may send to. */
  QUEUES: queues,
  /** Key that client secrets are encrypted with. */
  SECRETS_KEY: z.string().min(1),
  /** The bus that the ends of jobs are told to. */
  EVENT_BUS: z.string().min(1),
});

export const apiEnv = engine;
export const planEnv = engine;
/** A lane also names the one queue that it serves, to give a message more time before its next try. */
export const laneEnv = engine;
export const reportEnv = engine.extend({
  /** The sender of report mails. */
  MAIL_FROM: z.email(),
});
/** One worker for everything sends mail too. */
export const workEnv = reportEnv.extend({});
export const deadLetterEnv = engine;
export const sweepEnv = engine;
export const uploadsEnv = engine;

/** The container in which the doors take large requests. */
export const uploadDoorEnv = engine.extend({
  /** IPv6 and IPv4. */
  HOST: z.string().min(1).default('::'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
});

/** The environment, understood, of any shell. */
export type EngineEnv = z.output<typeof engine> & { MAIL_FROM?: string };

/** A shell's schema. */
export type EnvSchema = z.ZodObject<(typeof engine)['shape']>;

/** What a deployment must set for a shell with schema `S`: everything that the Lambda service does not. */
export type Settings<S extends EnvSchema> = Omit<z.input<S>, keyof typeof runtime.shape>;

/** Where metrics of the domain are counted. */
export const metricNamespace = 'Stevedore';

/** The `service` dimension of every metric: one for all shells of a stage, so that what the planner and a lane count adds up. */
export const metricService = (stage: string): string => `stevedore-${stage}`;

/** The doors that requests are counted by: few, since each is a dimension of metrics. */
export const doorNames = ['sailthru', 'console', 'greenarrow', 'append'] as const;
