// Files on S3: a bucket for each area.
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { attachment } from '../jobs/disposition.ts';
import { Refusal } from '../jobs/errors.ts';
import type { Files } from '../jobs/ports.ts';
import type { AwsConfig } from './config.ts';
import { chunked, inFlight } from './flow.ts';
import { joinObjects } from './join.ts';
import { placeOf, placeOfPrefix } from './object-key.ts';
import { headObject, readObject } from './object-reader.ts';
import { type Headers, ObjectWriter } from './object-writer.ts';

/** What a signature may last at most: seven days. */
const longestLink = 7 * 24 * 3600;

const headersOf = (options: { contentType?: string; filename?: string }): Headers => ({
  ContentType: options.contentType ?? 'application/octet-stream',
  ...(options.filename !== undefined && { ContentDisposition: attachment(options.filename) }),
});

const tooLarge = (maxBytes: number) => new Refusal('too_large', `larger than ${maxBytes} bytes`);

async function* piecesOf(body: AsyncIterable<Uint8Array> | Uint8Array | string) {
  if (typeof body === 'string') yield Buffer.from(body);
  else if (body instanceof Uint8Array) yield body;
  else yield* body;
}

export const awsFiles = (s3: S3Client, buckets: AwsConfig['buckets']): Files => ({
  async put(key, body, options = {}) {
    const { maxBytes = Number.POSITIVE_INFINITY } = options;
    const writer = new ObjectWriter(s3, placeOf(buckets, key), headersOf(options));
    let size = 0;
    try {
      for await (const piece of piecesOf(body)) {
        size += piece.length;
        if (size > maxBytes) throw tooLarge(maxBytes);
        await writer.write(piece);
      }
      return await writer.close();
    } catch (error) {
      await writer.abort();
      throw error;
    }
  },

  async *get(key, options = {}) {
    yield* readObject(s3, placeOf(buckets, key), options);
  },

  head: (key) => headObject(s3, placeOf(buckets, key)),

  async join(key, parts, options) {
    const from = parts.map((part) => placeOf(buckets, part));
    return joinObjects(s3, placeOf(buckets, key), from, headersOf(options));
  },

  async link(key, expiresAt) {
    const now = Math.floor(Date.now() / 1000);
    const left = Math.ceil(expiresAt / 1000) - now;
    return getSignedUrl(s3, new GetObjectCommand(placeOf(buckets, key)), {
      expiresIn: Math.min(longestLink, Math.max(1, left)),
      signingDate: new Date(now * 1000),
    });
  },

  async putLink(key, { expiresAt }) {
    const now = Math.floor(Date.now() / 1000);
    const left = Math.ceil(expiresAt / 1000) - now;
    return getSignedUrl(s3, new PutObjectCommand(placeOf(buckets, key)), {
      expiresIn: Math.min(longestLink, Math.max(1, left)),
      signingDate: new Date(now * 1000),
    });
  },

  /**
   * The signature ends when it says, and earlier when the credentials it was made with do: those of a function's role last for
   * hours, but nobody says how many are left of them when they sign.
   */
  async ticket(key, { size, expiresAt }) {
    // What the SDK adds to the clock: it guesses S3's from whole seconds, so that a form would end a second early or late.
    const now = Date.now() + s3.config.systemClockOffset;
    const { url, fields } = await createPresignedPost(s3, {
      ...placeOf(buckets, key),
      Conditions: [['content-length-range', size, size]],
      Expires: (expiresAt - now) / 1000,
    });
    // The URL names the bucket already, and the signed policy holds it to that.
    const { bucket: _, ...needed } = fields;
    return { url, fields: needed };
  },

  async list(prefix) {
    const { Bucket, Key } = placeOfPrefix(buckets, prefix);
    const area = prefix.slice(0, prefix.length - Key.length);
    const keys: string[] = [];
    for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket, Prefix: Key }))
      for (const { Key: key } of Contents) keys.push(area + key);
    return keys;
  },

  async remove(keys) {
    const byBucket = Map.groupBy(
      keys.map((key) => placeOf(buckets, key)),
      ({ Bucket }) => Bucket,
    );
    const groups = [...byBucket].flatMap(([Bucket, places]) =>
      chunked(places, 1000).map((group) => ({ Bucket, Objects: group.map(({ Key }) => ({ Key })) })),
    );
    await inFlight(groups, 4, async ({ Bucket, Objects }) => {
      const { Errors = [] } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
      if (Errors.length > 0) throw new Error(`${Errors.length} objects were not removed: ${Errors[0]?.Code}`);
    });
  },
});
