// For clients that post files of up to 1 GB in the request itself: the doors in a small container service behind a load balancer.
import { ArnFormat, CfnOutput, Duration, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import {
  FlowLogDestination,
  FlowLogTrafficType,
  GatewayVpcEndpointAwsService,
  IpProtocol,
  type IVpc,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { Platform } from 'aws-cdk-lib/aws-ecr-assets';
import {
  Cluster,
  ContainerImage,
  CpuArchitecture,
  FargateService,
  FargateTaskDefinition,
  type ICluster,
  LogDrivers,
  OperatingSystemFamily,
} from 'aws-cdk-lib/aws-ecs';
import {
  ApplicationLoadBalancer,
  ApplicationProtocol,
  type ApplicationTargetGroup,
  HttpCodeTarget,
  IpAddressType,
  SslPolicy,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { bundles } from './bundle.ts';
import { alarmPeriod } from './constructs/alarm.ts';
import { giveRights, logGroup, queueSetting, type Target } from './constructs/shell.ts';
import type { DataStack } from './data-stack.ts';
import { rightsFor } from './grants.ts';
import type { LaneSpec } from './lanes.ts';
import { apiNeeds } from './needs.ts';
import type { Stage } from './stage.ts';

const port = 8080;
/** Connections that nobody uses are closed after this; the server keeps its end longer. */
const idle = Duration.minutes(5);

/** What tells whether it works. */
export interface DoorHealth {
  failures: IMetric;
  unhealthy: IMetric;
}

export interface UploadDoorProps extends StackProps {
  stage: Stage;
  data: DataStack;
  lanes: readonly LaneSpec[];
  door: NonNullable<Stage['uploadDoor']>;
}

export class UploadDoorStack extends Stack {
  readonly health: DoorHealth;
  readonly #props: UploadDoorProps;

  constructor(scope: Construct, id: string, props: UploadDoorProps) {
    super(scope, id, props);
    this.#props = props;
    const vpc = this.#network();
    const service = this.#service(vpc);
    const { balancer, targets } = this.#balancer(vpc, service);
    this.health = {
      failures: targets.metrics.httpCodeTarget(HttpCodeTarget.TARGET_5XX_COUNT, { period: alarmPeriod }),
      unhealthy: targets.metrics.unhealthyHostCount({ period: alarmPeriod, statistic: 'Maximum' }),
    };
    new CfnOutput(this, 'Target', {
      description: `Point ${props.door.domain.name} at this name, by a CNAME or an alias record`,
      value: balancer.loadBalancerDnsName,
    });
  }

  /** Public subnets only: an address of its own costs a task less than a gateway for it would. */
  #network(): IVpc {
    const { stage } = this.#props;
    const vpc = new Vpc(this, 'Net', {
      maxAzs: 2,
      natGateways: 0,
      ipProtocol: IpProtocol.DUAL_STACK,
      subnetConfiguration: [{ name: 'public', subnetType: SubnetType.PUBLIC }],
      gatewayEndpoints: {
        s3: { service: GatewayVpcEndpointAwsService.S3 },
        dynamodb: { service: GatewayVpcEndpointAwsService.DYNAMODB },
      },
    });
    vpc.addFlowLog('Refused', {
      trafficType: FlowLogTrafficType.REJECT,
      destination: FlowLogDestination.toCloudWatchLogs(
        logGroup(this, 'FlowLog', stage, `/aws/vendedlogs/stevedore-${stage.name}-upload-door`),
      ),
    });
    // The CDK's classes do not fit its own interfaces under exact optional types.
    return vpc as IVpc;
  }

  /** The container, with the rights of the function that answers the same requests. */
  #service(vpc: IVpc): FargateService {
    const { stage, data, door } = this.#props;
    const taskRole = new Role(this, 'Role', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
    const queues = this.#queues();
    // The doors send no mail.
    giveRights(taskRole, rightsFor(apiNeeds, data, { identityArn: '', from: '' }), queues);
    const task = new FargateTaskDefinition(this, 'Task', {
      family: `stevedore-${stage.name}-upload-door`,
      cpu: door.cpu,
      memoryLimitMiB: door.memoryMb,
      runtimePlatform: { cpuArchitecture: CpuArchitecture.ARM64, operatingSystemFamily: OperatingSystemFamily.LINUX },
      taskRole,
    });
    const logs = logGroup(this, 'Logs', stage, `/stevedore/${stage.name}/upload-door`);
    task.addContainer('door', {
      // Only hashed here; built by `cdk deploy`.
      image: ContainerImage.fromAsset(bundles().folder('upload-door'), { platform: Platform.LINUX_ARM64 }),
      portMappings: [{ containerPort: port }],
      environment: {
        ...data.settings(),
        AWS_REGION: this.region,
        STAGE: stage.name,
        SERVICE: 'upload-door',
        QUEUES: queueSetting(this, stage, queues),
        PORT: String(port),
      },
      logging: LogDrivers.awsLogs({ logGroup: logs, streamPrefix: 'door' }),
      readonlyRootFilesystem: true,
      stopTimeout: Duration.minutes(2),
    });
    this.#answerFor(task);
    const cluster = new Cluster(this, 'Cluster', { vpc, clusterName: `stevedore-${stage.name}` });
    Validations.of(cluster).acknowledge({
      id: 'AwsSolutions-ECS4',
      reason:
        'Container Insights costs more than this service; its requests, errors and health are watched without it.',
    });
    return new FargateService(this, 'Service', {
      cluster: cluster as ICluster,
      serviceName: 'upload-door',
      taskDefinition: task,
      desiredCount: door.tasks,
      assignPublicIp: true,
      minHealthyPercent: 100,
      circuitBreaker: { rollback: true },
    });
  }

  #answerFor(task: FargateTaskDefinition): void {
    Validations.of(task).acknowledge({
      id: 'AwsSolutions-ECS2',
      reason: 'The environment holds names of tables, buckets and queues only; there is no secret in it.',
    });
    Validations.of(task.obtainExecutionRole()).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'ecr:GetAuthorizationToken, by which an image is fetched, knows no narrower resource than all.',
    });
  }

  /** By name, as whoever watches them knows them: lanes come and go without this stack. */
  #queues(): Target[] {
    const { stage, lanes } = this.#props;
    return lanes
      .filter(({ serves }) => serves.length > 0)
      .flatMap(({ name: lane, serves }) => {
        const resource = `stevedore-${stage.name}-${lane}`;
        const arn = this.formatArn({ service: 'sqs', resource, arnFormat: ArnFormat.NO_RESOURCE_NAME });
        const queue = Queue.fromQueueArn(this, `Queue-${lane}`, arn);
        return serves.map((name) => ({ name, lane, queue }));
      });
  }

  #balancer(
    vpc: IVpc,
    service: FargateService,
  ): { balancer: ApplicationLoadBalancer; targets: ApplicationTargetGroup } {
    const { stage, door } = this.#props;
    const balancer = new ApplicationLoadBalancer(this, 'Balancer', {
      vpc,
      loadBalancerName: `stevedore-${stage.name}-upload-door`,
      internetFacing: true,
      ipAddressType: IpAddressType.DUAL_STACK,
      idleTimeout: idle,
      dropInvalidHeaderFields: true,
      deletionProtection: stage.keepData,
    });
    Validations.of(balancer).acknowledge({
      id: 'AwsSolutions-ELB2',
      reason:
        'Access logs of a balancer hold whole URLs, with signatures and addresses of users; the doors log without.',
    });
    for (const group of balancer.connections.securityGroups)
      Validations.of(group).acknowledge({
        id: 'AwsSolutions-EC23',
        reason: 'A door for clients wherever they are, over TLS only; who they are is checked by signature.',
      });
    const listener = balancer.addListener('Https', {
      port: 443,
      protocol: ApplicationProtocol.HTTPS,
      certificates: [Certificate.fromCertificateArn(this, 'Certificate', door.domain.certificateArn)],
      sslPolicy: SslPolicy.RECOMMENDED_TLS,
      open: true,
    });
    const targets = listener.addTargets('Doors', {
      port,
      protocol: ApplicationProtocol.HTTP,
      targets: [service],
      healthCheck: { path: '/alive', interval: Duration.seconds(15), healthyThresholdCount: 2 },
      // As long as a task may take to end: uploads that are under way.
      deregistrationDelay: Duration.minutes(2),
    });
    return { balancer, targets };
  }
}
