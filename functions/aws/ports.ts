// The ports on AWS, put together.
import type { Ports } from '../jobs/ports.ts';
import { awsClientStore } from './clients.ts';
import { type AwsClients, type AwsConfig, awsClients } from './config.ts';
import { awsEvents } from './events.ts';
import { awsFiles } from './files.ts';
import { awsJobs } from './jobs.ts';
import { awsLists } from './lists.ts';
import { awsMail } from './mail.ts';
import { awsProfiles } from './profiles.ts';
import { awsRates } from './rates.ts';
import { awsRecords } from './records.ts';
import { awsWork } from './work.ts';

export type AwsPorts = Omit<Ports, 'log' | 'dialects' | 'hooks' | 'pulls' | 'clock' | 'tuning'>;

/** All ports that AWS services stand behind. Call it once per process: it opens connections and keeps them. */
export const awsPorts = (config: AwsConfig, sdk: AwsClients = awsClients(config)): AwsPorts => ({
  jobs: awsJobs(sdk.dynamodb, config.tables.jobs),
  profiles: awsProfiles(sdk.dynamodb, config.tables),
  lists: awsLists(sdk.dynamodb, config.tables.lists),
  records: awsRecords(sdk.dynamodb, config.tables),
  files: awsFiles(sdk.s3, config.buckets),
  work: awsWork(sdk.sqs, config.queues),
  events: awsEvents(sdk.eventbridge, config.eventBus),
  mail: awsMail(sdk.ses, config.mailFrom),
  clients: awsClientStore(sdk.dynamodb, sdk.kms, config.tables.clients, config.kmsKeyId),
  rates: awsRates(sdk.dynamodb, config.tables.jobs),
});
