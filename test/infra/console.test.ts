// Promises about the web console on AWS: one origin with its API, files that only CloudFront reads, the page's rules.
import { App, Stack, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import cdkJson from '../../cdk.json' with { type: 'json' };
import { registry } from '../../functions/jobs/registry.ts';
import { addStacks } from '../../infra/stacks.ts';
import { stageOf } from '../../infra/stage.ts';
import { synth } from './synth.ts';

const app = new App({ context: cdkJson.context, analyticsReporting: false });
const stacks = addStacks(app, stageOf('dev'), registry);
if (!stacks.console) throw new Error('no console');
const template = Template.fromStack(stacks.console);
const [distribution] = Object.values(template.findResources('AWS::CloudFront::Distribution'));
const config = distribution?.Properties.DistributionConfig;

describe('a stage with a console', () => {
  it('breaks no rule that is not answered for', () => {
    const report = new AwsSolutionsChecks().validateScope(app);
    expect(report.violations.map(({ ruleName }) => ruleName)).toEqual([]);
  });

  it('sends /console/ to the files and all else, its API first of all, to the HTTP API', () => {
    const origins = Object.fromEntries(
      config.Origins.map(({ Id, S3OriginConfig }: { Id: string; S3OriginConfig?: object }) => [
        Id,
        S3OriginConfig ? 'files' : 'api',
      ]),
    );
    const behaviors = config.CacheBehaviors.map((one: { PathPattern: string; TargetOriginId: string }) => [
      one.PathPattern,
      origins[one.TargetOriginId],
    ]);
    expect(behaviors).toEqual([
      ['/console/api/*', 'api'],
      ['/console', 'files'],
      ['/console/*', 'files'],
    ]);
    expect(origins[config.DefaultCacheBehavior.TargetOriginId]).toBe('api');
  });

  it('keeps nothing of the API, takes every method, and hands all of a signed call on', () => {
    const disabled = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
    const allButHost = 'b689b0a8-53d0-40ab-baf2-68738e2966ac';
    for (const behavior of [config.DefaultCacheBehavior, config.CacheBehaviors[0]]) {
      expect(behavior).toMatchObject({ CachePolicyId: disabled, OriginRequestPolicyId: allButHost });
      expect(behavior.ViewerProtocolPolicy).toBe('https-only');
      expect(behavior.AllowedMethods).toContain('POST');
      expect(behavior.AllowedMethods).toContain('DELETE');
    }
  });

  it('lets the page do what one machine lets it do, and send files to the uploads bucket', () => {
    const [policy] = Object.values(template.findResources('AWS::CloudFront::ResponseHeadersPolicy'));
    const text = JSON.stringify(policy);
    expect(text).toContain(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self' https://",
    );
    expect(text).not.toMatch(/unsafe|connect-src [^;]*\*/);
  });

  it('has files that nobody but CloudFront reads', () => {
    const [bucket] = Object.values(template.findResources('AWS::S3::Bucket'));
    expect(Object.values(bucket?.Properties.PublicAccessBlockConfiguration)).toEqual([true, true, true, true]);
    const readers = Object.values(template.findResources('AWS::S3::BucketPolicy'))
      .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
      .filter(({ Effect, Action }) => Effect === 'Allow' && JSON.stringify(Action).includes('GetObject'));
    expect(readers).toHaveLength(1);
    expect(readers[0].Principal).toEqual({ Service: 'cloudfront.amazonaws.com' });
    expect(readers[0].Condition.StringEquals['AWS:SourceArn']).toBeDefined();
  });

  it('deploys no function and no role', () => {
    expect(template.findResources('AWS::Lambda::Function')).toEqual({});
    expect(template.findResources('AWS::IAM::Role')).toEqual({});
  });

  it('has a reason for every suppression, on one resource', () => {
    for (const node of stacks.console?.node.findAll() ?? [])
      for (const { type, data } of node.node.metadata) {
        if (type !== Validations.ACKNOWLEDGED_RULES_METADATA_KEY) continue;
        expect(Stack.isStack(node)).toBe(false);
        for (const reason of Object.values(data as Record<string, string>))
          expect(reason.split(' ').length).toBeGreaterThan(8);
      }
  });
});

it('a stage without one has no trace of it', () => {
  const { app } = synth({ stage: stageOf('small') });
  expect(app.node.children.filter((child) => child.node.id.endsWith('console'))).toEqual([]);
});
