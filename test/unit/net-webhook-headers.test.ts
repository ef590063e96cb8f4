// Deliveries are signed as the Standard Webhooks libraries verify them.
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { webhookHeaders } from '../../functions/jobs/reports/webhook-headers.ts';

test('the published vector of the Standard Webhooks reference libraries', () => {
  const key = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64');
  expect(webhookHeaders(key, 'msg_p5jXN8AQM9LWM0D4loKWxJek', 1614265330, '{"test": 2432232314}')).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

test('a text secret counts as its UTF-8 bytes (vector made with openssl)', () => {
  // printf '%s' '6650a1b2c3d4e5f601234567.1717406104.status=completed' | openssl dgst -sha256 -hmac '0f1e2d3c4b5a69788796a5b4c3d2e1f0' -binary | base64
  const headers = webhookHeaders(
    '0f1e2d3c4b5a69788796a5b4c3d2e1f0',
    '6650a1b2c3d4e5f601234567',
    1717406104,
    'status=completed',
  );
  expect(headers['webhook-signature']).toBe('v1,nJbb3IOjsRzT2j9YZbUmxIlBr4a4eTPx8XU6iDM+qQA=');
});

test('a receiver that knows whsec_ + base64(secret) verifies every delivery', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1 });
  fc.assert(
    fc.property(text, text, fc.nat(), fc.string({ unit: 'grapheme' }), (secret, id, time, body) => {
      const headers = webhookHeaders(secret, id, time, body);
      const configured = `whsec_${Buffer.from(secret, 'utf8').toString('base64')}`;
      const key = Buffer.from(configured.slice('whsec_'.length), 'base64');
      const signed = Buffer.from(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`, 'utf8');
      expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
    }),
  );
});

test('parts of a second are cut off: the header is a whole number', () => {
  expect(webhookHeaders('s', 'i', 1717406104.999, '')['webhook-timestamp']).toBe('1717406104');
});
