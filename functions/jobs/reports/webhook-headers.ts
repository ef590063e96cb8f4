// Signs what goes to a client's URL the way the Standard Webhooks specification asks, so that its libraries can verify it.
import { createHmac } from 'node:crypto';

/**
 * The three headers of a signed delivery. The key is the secret's bytes (of a string: its UTF-8 bytes), so a receiver
 * configures its library with `whsec_` + base64 of them. The id must stay the same over all attempts of one delivery,
 * the time is that of the attempt, in Unix seconds.
 */
export const webhookHeaders = (
  secret: string | Uint8Array,
  id: string,
  timestampSeconds: number,
  body: string,
): Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string> => {
  const timestamp = Math.floor(timestampSeconds).toFixed(0);
  const signature = createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
};
