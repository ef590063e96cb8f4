// A file that was put at uploads/imports/<client>/<list>/<file> becomes an import job of that client, once.
import { Refusal } from './errors.ts';
import type { Job } from './job.ts';
import type { Ports } from './ports.ts';
import { submit } from './submit.ts';

/** `key` is the whole key with its area; `version` differs whenever the object does (an ETag). Undefined when the key is not a drop. */
export const submitDrop = async (ports: Ports, key: string, version: string): Promise<Job | undefined> => {
  const [area, folder, clientId, list, ...rest] = key.split('/');
  const filename = rest.join('/');
  if (area !== 'uploads' || folder !== 'imports' || !clientId || !list || filename === '') return undefined;
  const client = await ports.clients.byId(clientId);
  if (!client) {
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
      idempotency: { key: `drop ${key} ${version}`, fingerprint: version },
    });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    ports.log.warn('drop.refused', { client: client.id, reason: error.reason });
    return undefined;
  }
};
