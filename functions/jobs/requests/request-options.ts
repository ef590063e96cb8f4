// The parameters that jobs of all types take: who is told, when it begins, when it is given up, what it belongs to.
import { normaliseAddress } from '../../files/address.ts';
import type { JobType } from '../define.ts';
import { Refusal } from '../errors.ts';
import type { ErrorBudget, Job, Millis } from '../job.ts';
import { offsetOf, readDate } from '../local-time.ts';
import { BlockedAddress, type Client, type Ports } from '../ports.ts';

/** How far ahead a job may begin: its input is kept for seven days. */
export const longestWait = 6 * 24 * 3600_000;

type Options = Pick<Job, 'reportEmail' | 'postbackUrl' | 'beginsAt' | 'mode' | 'parent' | 'errorBudget'>;
type Raw = Record<string, unknown>;

const invalid = (name: string) => new Refusal('invalid_parameter', `Invalid ${name}`);

/** Throws Refusal for the first that is not right. */
export const readOptions = async (ports: Ports, client: Client, type: JobType, raw: Raw): Promise<Options> => {
  const parent = await readParent(ports, client, raw.parent_job_id);
  return {
    ...readAddressees(ports, raw),
    ...readBeginning(ports, client, raw.begins_at),
    ...readMode(type, raw.mode),
    ...(parent !== undefined && { parent }),
    ...readBudget(raw),
  };
};

const readAddressees = (ports: Ports, raw: Raw): Pick<Job, 'reportEmail' | 'postbackUrl'> => {
  const { report_email: reportEmail, postback_url: postbackUrl } = raw;
  if (reportEmail !== undefined && (typeof reportEmail !== 'string' || 'reason' in normaliseAddress(reportEmail)))
    throw invalid('report_email');
  if (postbackUrl !== undefined) {
    try {
      if (typeof postbackUrl !== 'string') throw new BlockedAddress();
      ports.pulls.check(postbackUrl);
    } catch (error) {
      if (error instanceof BlockedAddress) throw invalid('postback_url');
      throw error;
    }
  }
  return {
    ...(typeof reportEmail === 'string' && { reportEmail: reportEmail.trim() }),
    ...(typeof postbackUrl === 'string' && { postbackUrl }),
  };
};

/** A date, in the client's zone unless it names one, or Unix seconds. What has passed already means now. */
const readBeginning = (ports: Ports, client: Client, value: unknown): Pick<Job, 'beginsAt'> => {
  if (value === undefined) return {};
  const at = readTime(value, client);
  const now = ports.clock.now();
  if (at === undefined || at > now + longestWait) throw invalid('begins_at');
  return at > now ? { beginsAt: at } : {};
};

const readTime = (value: unknown, client: Client): Millis | undefined => {
  if (typeof value === 'number' || (typeof value === 'string' && /^\d{9,11}$/.test(value.trim())))
    return Number(value) * 1000;
  return typeof value === 'string' ? readDate(value.trim(), offsetOf(client.settings.timeZone)) : undefined;
};

const readMode = (type: JobType, value: unknown): Pick<Job, 'mode'> => {
  if (value === undefined || value === 'run') return {};
  if (value !== 'plan' || type.work.kind !== 'rows') throw invalid('mode');
  return { mode: 'plan' };
};

const readParent = async (ports: Ports, client: Client, value: unknown): Promise<string | undefined> => {
  if (value === undefined) return undefined;
  const id = typeof value === 'string' && /^[0-9a-f]{24}$/.test(value) ? value : undefined;
  const parent = id === undefined ? undefined : await ports.jobs.read(id);
  if (parent?.client !== client.id) throw invalid('parent_job_id');
  return id;
};

const readBudget = (raw: Raw): Pick<Job, 'errorBudget'> => {
  const number = (name: string, most: number): number | undefined => {
    const value = raw[name];
    if (value === undefined) return undefined;
    const read = typeof value === 'string' && /^\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : value;
    if (typeof read !== 'number' || !(read >= 0 && read <= most)) throw invalid(name);
    return read;
  };
  const [maxErrors, maxErrorPct] = [number('max_errors', 1e9), number('max_error_pct', 100)];
  const errorBudget: ErrorBudget = {
    ...(maxErrors !== undefined && { maxErrors }),
    ...(maxErrorPct !== undefined && { maxErrorPct }),
  };
  return Object.keys(errorBudget).length > 0 ? { errorBudget } : {};
};
