// Who calls: the key, the signature and the rate limit, in the documented order.
import type { Client, Ports } from '../../jobs/ports.ts';
import { ApiError, missing } from './errors.ts';
import { type Field, leavesOf, textIn, treeOf } from './form.ts';
import { countCall, tooMany } from './rate-limit.ts';
import type { Format } from './render.ts';
import { type Charset, verify } from './signature.ts';

/** How the call will be answered, whatever comes of it. */
export interface Call {
  format: Format;
  headers: Record<string, string>;
}

/** Longer than any key; stores need not be asked for more. */
const maxKeyLength = 200;

/** The caller, and the charset of what it sent; sets the format and headers of the answer. Throws ApiError. */
export const authenticate = async (
  ports: Pick<Ports, 'clients' | 'clock' | 'rates'>,
  { method, endpoint }: { method: string; endpoint: string },
  fields: readonly Field[],
  call: Call,
): Promise<{ client: Client; charset: Charset }> => {
  const tree = treeOf(fields);
  const format = textIn(tree, 'format')?.toLowerCase() ?? '';
  call.format = format === 'json' ? 'json' : 'xml';
  const apiKey = textIn(tree, 'api_key');
  const sig = textIn(tree, 'sig');
  if (!apiKey) throw missing('api_key');
  if (!sig) throw missing('sig');
  const client = apiKey.length > maxKeyLength ? undefined : await ports.clients.byKey(apiKey);
  if (!client) throw new ApiError(401, 3, `Invalid API key: ${apiKey.slice(0, maxKeyLength)}`);
  const charset = verify(client.secret, leavesOf(tree, 'sig'), sig);
  const { headers, exceeded } = await countCall(ports, client, method, endpoint, charset !== undefined);
  call.headers = headers;
  if (!charset) throw new ApiError(401, 5, 'Signature hash does not match');
  if (exceeded) {
    throw tooMany(method, endpoint);
  }
  if (!['', 'json', 'xml'].includes(format)) throw new ApiError(400, 99, 'Unsupported format: use json or xml');
  return { client, charset };
};
