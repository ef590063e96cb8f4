// Promises about the optional upload door: off unless asked for, TLS only, no more rights than the function that answers the same.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AwsSolutionsChecks } from 'cdk-nag';
import { expect, it } from 'vitest';
import { uploadDoorEnv } from '../../functions/lambda/env.ts';
import { bundles } from '../../infra/bundle.ts';
import { type Stage, stageOf, stages } from '../../infra/stage.ts';
import { type Resource, statementsOf, synth, textOf } from './synth.ts';

const certificateArn = 'arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555';
const uploadDoor: Stage['uploadDoor'] = {
  domain: { name: 'upload.example.com', certificateArn },
  tasks: 1,
  cpu: 512,
  memoryMb: 1024,
};
const made = synth({ stage: { ...stageOf('dev'), uploadDoor } });

const only = (type: string): Resource['Properties'] => {
  const found = made.all(type);
  expect(found, type).toHaveLength(1);
  return found[0]?.[1].Properties;
};

it('is off in every stage', () => {
  for (const { uploadDoor: door } of stages) expect(door).toBeUndefined();
});

it('breaks no rule of cdk-nag', () => {
  expect(new AwsSolutionsChecks().validateScope(made.app).violations.map(({ ruleName }) => ruleName)).toEqual([]);
});

it('takes TLS from anywhere, by IPv4 and IPv6, and lets nothing but its balancer reach the container', () => {
  const balancer = only('AWS::ElasticLoadBalancingV2::LoadBalancer');
  expect(balancer).toMatchObject({ IpAddressType: 'dualstack', Scheme: 'internet-facing' });
  const listener = only('AWS::ElasticLoadBalancingV2::Listener');
  expect(listener).toMatchObject({ Port: 443, Protocol: 'HTTPS', Certificates: [{ CertificateArn: certificateArn }] });
  expect(listener.SslPolicy).toContain('TLS13');
  const open = made
    .all('AWS::EC2::SecurityGroup')
    .flatMap(([, { Properties }]) => Properties.SecurityGroupIngress ?? []);
  expect(open.map(({ CidrIp, CidrIpv6, FromPort }) => `${CidrIp ?? CidrIpv6} ${FromPort}`)).toEqual([
    '0.0.0.0/0 443',
    '::/0 443',
  ]);
  for (const [, { Properties }] of made.all('AWS::EC2::SecurityGroupIngress'))
    expect(Properties.SourceSecurityGroupId).toBeDefined();
});

it('has no gateway that costs while nobody uses it', () => {
  expect(made.all('AWS::EC2::NatGateway')).toEqual([]);
});

it('gives its container the rights of the function behind the API, and no others', () => {
  const { TaskRoleArn } = only('AWS::ECS::TaskDefinition');
  const role = TaskRoleArn['Fn::GetAtt'][0];
  const actions = made
    .all('AWS::IAM::Policy')
    .filter(([, { Properties }]) => Properties.Roles.some(({ Ref }: { Ref: string }) => Ref === role))
    .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement)
    .flatMap(({ Action }) => [Action].flat());
  const ofApi = statementsOf(made, 'api').flatMap(({ Action }) => Action);
  expect([...new Set(actions)].toSorted()).toEqual(
    [...new Set(ofApi)].filter((action) => !action.startsWith('logs:')).toSorted(),
  );
});

it('tells its container everything that it asks for, in a file system that nobody can write to', () => {
  const [container] = only('AWS::ECS::TaskDefinition').ContainerDefinitions;
  const names = container.Environment.map(({ Name }: { Name: string }) => Name);
  for (const [key, type] of Object.entries(uploadDoorEnv.shape))
    if (!type.safeParse(undefined).success) expect(names).toContain(key);
  for (const name of names) expect(Object.keys(uploadDoorEnv.shape)).toContain(name);
  expect(container.ReadonlyRootFilesystem).toBe(true);
});

it('names its queues as the service does', () => {
  const [container] = only('AWS::ECS::TaskDefinition').ContainerDefinitions;
  const { Value } = container.Environment.find(({ Name }: { Name: string }) => Name === 'QUEUES');
  const { QUEUES } = made.fn('api')[1].Properties.Environment.Variables;
  expect(textOf(Value).split(' ').toSorted()).toEqual(textOf(QUEUES).split(' ').toSorted());
});

it('lies beside the file that its image is built of', () => {
  for (const file of ['Dockerfile', 'index.mjs'])
    expect(existsSync(join(bundles().folder('upload-door'), file))).toBe(true);
});

it('calls people when it fails or does not answer', () => {
  for (const name of ['upload-door-api-failures', 'upload-door-errors'])
    expect(made.alarm(name)[1].Properties.Namespace).toBe('AWS/ApplicationELB');
});
