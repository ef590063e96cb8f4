// The links of a job's files, signed anew for the time that is left.
import { fileKinds, type Job, type Links, type ResultFile } from './job.ts';
import type { Ports } from './ports.ts';

/** A link lives at most this long even when its file lives longer; reading the job gives a new one. */
const linkLife = 2 * 3600_000;

export const linksOf = async (ports: Pick<Ports, 'clock' | 'files'>, job: Job): Promise<Links> => {
  const now = ports.clock.now();
  const lives = (file: ResultFile | undefined): file is ResultFile =>
    file !== undefined && !file.removed && file.expiresAt > now;
  const links: Links = {};
  for (const kind of fileKinds) {
    const file = job.files[kind];
    // An export's link lives as long as its file, so that it ends when the client was told that it would.
    const until = kind === 'export' ? Number.POSITIVE_INFINITY : now + linkLife;
    if (lives(file)) links[kind] = await ports.files.link(file.key, Math.min(file.expiresAt, until));
  }
  return job.files.export && !links.export ? { ...links, expired: true } : links;
};
