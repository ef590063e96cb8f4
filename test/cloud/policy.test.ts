// Promises of the bench about IAM: it allows and denies what AWS's rules do, and asks what AWS would ask.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { covers, isAllowed, type Statement } from './policy.ts';
import { demandOf } from './rights.ts';

const allow = (over: Partial<Statement> = {}): Statement => ({
  effect: 'Allow',
  actions: ['s3:GetObject'],
  resources: ['arn:bucket/*'],
  conditions: {},
  ...over,
});
const read = { action: 's3:GetObject', resource: 'arn:bucket/a/b' };

describe('a policy', () => {
  it('allows what a statement names, and nothing else', () => {
    expect(isAllowed([allow()], read)).toBe(true);
    expect(isAllowed([], read)).toBe(false);
    expect(isAllowed([allow()], { ...read, action: 's3:GetObjectTagging' })).toBe(false);
    expect(isAllowed([allow()], { ...read, resource: 'arn:bucket' })).toBe(false);
    expect(isAllowed([allow({ resources: ['arn:bucket'] })], read)).toBe(false);
  });

  it('denies what any statement denies, whatever others allow', () => {
    const deny = allow({ effect: 'Deny', resources: ['arn:bucket/a/*'] });
    expect(isAllowed([allow(), deny], read)).toBe(false);
    expect(isAllowed([allow(), deny], { ...read, resource: 'arn:bucket/c' })).toBe(true);
  });

  it('allows under a condition only what meets it', () => {
    const mail = allow({
      actions: ['ses:SendEmail'],
      resources: ['identity'],
      conditions: { StringEquals: { 'ses:FromAddress': ['stevedore@example.com'] } },
    });
    const ask = { action: 'ses:SendEmail', resource: 'identity' };
    expect(isAllowed([mail], { ...ask, context: { 'ses:FromAddress': 'stevedore@example.com' } })).toBe(true);
    expect(isAllowed([mail], { ...ask, context: { 'ses:FromAddress': 'boss@example.com' } })).toBe(false);
    expect(isAllowed([mail], ask)).toBe(false);
  });

  it('with a condition that this bench does not know is an error, not a right', () => {
    expect(() => isAllowed([allow({ conditions: { IpAddress: { 'aws:SourceIp': ['::1'] } } })], read)).toThrow();
  });

  it('covers by patterns exactly what their parts say', () => {
    expect(covers('a.c', 'abc')).toBe(false);
    expect(covers('a?c', 'abc')).toBe(true);
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), fc.array(fc.string()), (parts, fillers) => {
        const plain = parts.map((part) => part.replaceAll(/[*?]/g, ''));
        expect(
          covers(
            plain.join('*'),
            plain.reduce((text, part, i) => text + (fillers[i] ?? '') + part),
          ),
        ).toBe(true);
        expect(covers(plain.join(''), plain.join(''))).toBe(true);
        expect(covers(plain.join(''), `${plain.join('')}x`)).toBe(false);
      }),
    );
  });
});

describe('a request', () => {
  const headers = { authorization: 'AWS4-HMAC-SHA256 ' };
  const keys = new Map([['b', 'arn:key']]);

  it('to an encrypted bucket asks for its key, through S3', () => {
    const { asks } = demandOf({ method: 'GET', url: '/b/some/key', headers, body: '' }, keys);
    expect(asks).toEqual([
      { action: 's3:GetObject', resource: expect.stringMatching(/:b\/some\/key$/) },
      { action: 'kms:Decrypt', resource: 'arn:key', context: { 'kms:ViaService': 's3.us-east-1.amazonaws.com' } },
    ]);
  });

  it('that tells events asks for each bus that it names', () => {
    const body = JSON.stringify({ Entries: [{ EventBusName: 'ours' }, {}] });
    const { asks } = demandOf(
      { method: 'POST', url: '/', headers: { ...headers, 'x-amz-target': 'AWSEvents.PutEvents' }, body },
      keys,
    );
    expect(asks.map(({ action, resource }) => `${action} ${resource.split(':').at(-1)}`)).toEqual([
      'events:PutEvents ours',
      'events:PutEvents default',
    ]);
  });

  it('of a service that this bench does not know is an error', () => {
    const unknown = { method: 'POST', url: '/', headers: { 'x-amz-target': 'AWSStepFunctions.Start' }, body: '{}' };
    expect(() => demandOf(unknown, keys)).toThrow('not known');
  });
});
