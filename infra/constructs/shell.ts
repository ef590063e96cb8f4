// A Lambda function: code, role with exactly its rights, log group with an end, environment typed by the shell's own schema.
import { type Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction, RecursiveLoop, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { EnvSchema, Settings } from '../../functions/lambda/env.ts';
import { bundles, type Entry } from '../bundle.ts';
import type { Rights } from '../grants.ts';
import type { Stage } from '../stage.ts';

/** A queue to send to: its name in the domain, and the lane that serves it. */
export interface Target {
  name: string;
  lane: string;
  queue: IQueue;
}

export interface ShellProps<S extends EnvSchema> {
  stage: Stage;
  /** `plan`, `lane-import`, ...: the function is called `stevedore-<stage>-<name>`. */
  name: string;
  entry: Entry;
  /** The schema that the entry parses its environment with. A setting that it asks for and that is missing does not compile. */
  schema: S;
  settings: Omit<Settings<S>, 'STAGE' | 'SERVICE' | 'QUEUES'>;
  /** Queues that it may send to. */
  sendsTo: readonly Target[];
  rights: Rights;
  memory: number;
  timeout: Duration;
  /** Whether its messages can come back to itself: else the service stops it after about 16 hops. */
  feedsItself?: boolean;
}

const retention: Record<Stage['retention']['logs'], RetentionDays> = {
  7: RetentionDays.ONE_WEEK,
  30: RetentionDays.ONE_MONTH,
  90: RetentionDays.THREE_MONTHS,
  365: RetentionDays.ONE_YEAR,
};

/** A log group of the stage. Not under a key of our own: logs hold ids, codes and numbers only. */
export const logGroup = (scope: Construct, id: string, stage: Stage, logGroupName: string): LogGroup =>
  new LogGroup(scope, id, {
    logGroupName,
    retention: retention[stage.retention.logs],
    removalPolicy: RemovalPolicy.DESTROY,
  });

/** Gives a role its rights, and the right to send to these queues. */
export const giveRights = (role: Role, rights: Rights, sendsTo: readonly Target[]): void => {
  const queues = [...new Set(sendsTo.map(({ queue }) => queue))];
  if (queues.length > 0)
    role.addToPolicy(
      new PolicyStatement({ actions: ['sqs:SendMessage'], resources: queues.map((queue) => queue.queueArn) }),
    );
  for (const right of rights.statements) role.addToPolicy(right);
  for (const wildcard of rights.wildcards)
    Validations.of(role).acknowledge({
      id: `AwsSolutions-IAM5[${wildcard}]`,
      reason: 'The objects of one bucket: their names are made from ids of jobs and uploads that do not exist yet.',
    });
};

/** The setting `QUEUES`, as functions/lambda/env.ts reads it. */
export const queueSetting = (scope: Construct, stage: Stage, sendsTo: readonly Target[]): string => {
  const { region, urlSuffix, account } = Stack.of(scope);
  const names = sendsTo.map(({ name, lane }) => (name === lane ? name : `${name}=${lane}`));
  return [`https://sqs.${region}.${urlSuffix}/${account}/stevedore-${stage.name}-`, ...names].join(' ');
};

export class Shell<S extends EnvSchema = EnvSchema> extends Construct {
  readonly name: string;
  readonly fn: LambdaFunction;

  constructor(scope: Construct, id: string, props: ShellProps<S>) {
    super(scope, id);
    this.name = props.name;
    const functionName = `stevedore-${props.stage.name}-${props.name}`;
    const logs = logGroup(this, 'Logs', props.stage, `/aws/lambda/${functionName}`);
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    role.addToPolicy(
      new PolicyStatement({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [logs.logGroupArn] }),
    );
    giveRights(role, props.rights, props.sendsTo);
    this.fn = new LambdaFunction(this, 'Function', {
      functionName,
      code: Code.fromAsset(bundles().folder(props.entry)),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memory,
      timeout: props.timeout,
      role,
      logGroup: logs,
      environment: {
        ...props.settings,
        STAGE: props.stage.name,
        SERVICE: props.name,
        QUEUES: queueSetting(this, props.stage, props.sendsTo),
      },
      ...(props.feedsItself ? { recursiveLoop: RecursiveLoop.ALLOW } : {}),
    });
  }
}
