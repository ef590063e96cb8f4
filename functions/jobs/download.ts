// The links of a job's files, signed anew for the time that is left.
import type { Job, Links, ResultFile } from './job.ts';
import type { Ports } from './ports.ts';

/** A link lives at most this long even when its file lives longer; reading the job gives a new one. */
const linkLife = 2 * 3600_000;

export const linksOf = async (ports: Pick<Ports, 'clock' | 'files'>, job: Job): Promise<Links> => {
  const now = ports.clock.now();
  const { export: exported, rejected } = job.files;
  const link = (file: ResultFile) => ports.files.link(file.key, Math.min(file.expiresAt, now + linkLife));
  const lives = (file: ResultFile | undefined): file is ResultFile =>
    file !== undefined && !file.removed && file.expiresAt > now;
  return {
    ...(lives(exported) ? { export: await ports.files.link(exported.key, exported.expiresAt) } : {}),
    ...(exported && !lives(exported) && { expired: true }),
    ...(lives(rejected) ? { rejected: await link(rejected) } : {}),
  };
};
