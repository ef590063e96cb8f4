// A file that was put at uploads/imports/<client>/<list>/<file> becomes an import job of that client, once.
import { Refusal } from './errors.ts';
import type { Job } from './job.ts';
import type { Ports } from './ports.ts';
import { submit } from './submit.ts';

/** Longer than the file lies there: a restart on one machine finds it again. */
const dropLife = 14 * 24 * 3600_000;

/** `key` is the whole key with its area; `version` differs whenever the object does (an ETag). Undefined when the key is not a drop. */
export const submitDrop = async (ports: Ports, key: string, version: string): Promise<Job | undefined> => {
  const segments = key.split('/');
  const [area, folder, clientId, list, ...rest] = segments;
  if (area !== 'uploads' || folder !== 'imports' || !clientId || !list || rest.length === 0) return undefined;
  // Such a key names no object of ours: stores on a disk cannot keep it.
  if (segments.some((segment) => ['', '.', '..'].includes(segment) || segment.includes('\\'))) {
    ports.log.warn('drop.refused', { client: clientId, reason: 'invalid_key' });
    return undefined;
  }
  const filename = rest.join('/');
  const client = await ports.clients.byId(clientId);
  if (!client || client.disabled) {
    ports.log.warn('drop.unknown_client');
    return undefined;
  }
  try {
    return await submit(ports, client, {
      door: 'drop',
      type: 'import',
      params: { list },
      upload: { key, filename },
      // The event of one upload may come twice, and the same file may be put again: key and version tell them apart.
      idempotency: { key: `drop ${key} ${version}`, fingerprint: version, lifeMs: dropLife },
    });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    ports.log.warn('drop.refused', { client: client.id, reason: error.reason });
    return undefined;
  }
};
