// Synthesizes the stacks in this process and answers questions about the templates.
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import cdkJson from '../../cdk.json' with { type: 'json' };
import type { JobType } from '../../functions/jobs/define.ts';
import { registry } from '../../functions/jobs/registry.ts';
import { addStacks } from '../../infra/stacks.ts';
import { type Stage, stageOf } from '../../infra/stage.ts';

export interface Resource {
  Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: templates are JSON of AWS's making; every test reads another corner of it
  Properties: any;
  DeletionPolicy?: string;
}

export const synth = (options: { types?: readonly JobType[]; stage?: Stage } = {}) => {
  const stage = options.stage ?? stageOf('dev');
  const types = options.types ?? registry;
  const app = new App({ context: cdkJson.context, analyticsReporting: false });
  const stacks = addStacks(app, stage, types);
  const templates = {
    data: Template.fromStack(stacks.data),
    service: Template.fromStack(stacks.service),
    watch: Template.fromStack(stacks.watch),
    ...(stacks.uploadDoor && { uploadDoor: Template.fromStack(stacks.uploadDoor) }),
  };
  const every = Object.values(templates).flatMap((template) =>
    Object.entries(template.toJSON().Resources as Record<string, Resource>),
  );
  return {
    app,
    stage,
    types,
    templates,
    /** All resources of a type, by logical id. */
    all: (type: string): [string, Resource][] => every.filter(([, resource]) => resource.Type === type),
    /** The function called `stevedore-<stage>-<name>`. */
    fn: (name: string): [string, Resource] =>
      one(
        every,
        ({ Type, Properties }) =>
          Type === 'AWS::Lambda::Function' && Properties.FunctionName === `stevedore-${stage.name}-${name}`,
      ),
    queue: (name: string): [string, Resource] =>
      one(
        every,
        ({ Type, Properties }) =>
          Type === 'AWS::SQS::Queue' && Properties.QueueName === `stevedore-${stage.name}-${name}`,
      ),
    alarm: (name: string): [string, Resource] =>
      one(
        every,
        ({ Type, Properties }) =>
          Type === 'AWS::CloudWatch::Alarm' && Properties.AlarmName === `stevedore-${stage.name}-${name}`,
      ),
  };
};
export type Synth = ReturnType<typeof synth>;

const one = (all: [string, Resource][], test: (resource: Resource) => boolean): [string, Resource] => {
  const found = all.filter(([, resource]) => test(resource));
  const [first] = found;
  if (!first || found.length > 1) throw new Error(`${found.length} resources instead of one`);
  return first;
};

/** The statements of a function's role. */
export const statementsOf = (
  made: Synth,
  name: string,
): { Action: string[]; Resource: unknown[]; Condition?: unknown }[] => {
  const [, fn] = made.fn(name);
  const role = fn.Properties.Role['Fn::GetAtt'][0];
  return made
    .all('AWS::IAM::Policy')
    .filter(([, policy]) => policy.Properties.Roles.some((of: { Ref: string }) => of.Ref === role))
    .flatMap(([, policy]) => policy.Properties.PolicyDocument.Statement)
    .map((statement) => ({ ...statement, Action: [statement.Action].flat(), Resource: [statement.Resource].flat() }));
};

/** A text that a template joins of parts, with what is only known once it is deployed in angle brackets. */
export const textOf = (value: string | { 'Fn::Join': [string, (string | object)[]] }): string =>
  typeof value === 'string'
    ? value
    : value['Fn::Join'][1]
        .map((part) => (typeof part === 'string' ? part : `<${Object.values(part)}>`))
        .join(value['Fn::Join'][0]);
