// The stacks of a stage, by lifetime: data outlives the service, the watch looks at both.
import { type App, Tags, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { JobType } from '../functions/jobs/define.ts';
import { ConsoleStack } from './console-stack.ts';
import { DataStack } from './data-stack.ts';
import { checkConcurrency, lanesOf } from './lanes.ts';
import { ServiceStack } from './service-stack.ts';
import type { Stage } from './stage.ts';
import { UploadDoorStack } from './upload-door-stack.ts';
import { WatchStack } from './watch-stack.ts';

export interface Stacks {
  data: DataStack;
  service: ServiceStack;
  watch: WatchStack;
  uploadDoor?: UploadDoorStack;
  console?: ConsoleStack;
}

/** Adds the stacks to an app, and the checks that break the synthesis where a rule is neither kept nor answered for. */
export const addStacks = (app: App, stage: Stage, types: readonly JobType[]): Stacks => {
  const id = (part: string) => ({ id: `stevedore-${stage.name}-${part}` });
  const props = (part: string) => ({
    stackName: id(part).id,
    stage,
    analyticsReporting: false,
    terminationProtection: stage.keepData,
  });
  const lanes = lanesOf(types, stage);
  checkConcurrency(lanes, stage);
  const data = new DataStack(app, id('data').id, props('data'));
  const service = new ServiceStack(app, id('service').id, { ...props('service'), data, types, lanes });
  const door = stage.uploadDoor;
  const uploadDoor =
    door && new UploadDoorStack(app, id('upload-door').id, { ...props('upload-door'), data, lanes, door });
  const watch = new WatchStack(app, id('watch').id, {
    ...props('watch'),
    types,
    lanes,
    data,
    apiId: service.api.api.apiId,
    ...(uploadDoor && { uploadDoor: uploadDoor.health }),
  });
  const site = stage.console && {
    console: new ConsoleStack(app, id('console').id, {
      ...props('console'),
      data,
      apiEndpoint: service.api.api.apiEndpoint,
    }),
  };
  Tags.of(app).add('application', 'stevedore');
  Tags.of(app).add('stage', stage.name);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return { data, service, watch, ...(uploadDoor && { uploadDoor }), ...site };
};
