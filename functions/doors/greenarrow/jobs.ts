// The lists of jobs: all or the unfinished ones, of one organization or of all.
import type { Client, Ports } from '../../jobs/ports.ts';
import { type Envelope, forbidden, notFound, succeeded } from './errors.ts';
import { readFilter } from './filters.ts';
import { jobView } from './job-view.ts';
import { findPage, readPage } from './pages.ts';
import type { Owner, Side } from './walk.ts';

const usualPage = 2000;

/** Whose jobs are asked for: those that the caller may see, those of all organizations, or those of one. */
export type Scope = 'mine' | 'all' | { organization: string };

/** Throws DoorError for what the caller may not see. */
export const listJobs = async (
  ports: Pick<Ports, 'jobs' | 'clients'>,
  client: Client,
  scope: Scope,
  only: Side | undefined,
  query: URLSearchParams,
): Promise<Envelope> => {
  const owners = await ownersIn(ports, client, scope);
  const filter = readFilter(query, client.settings.timeZone, only);
  const { found, keys } = await findPage(ports, owners, filter, readPage(query, usualPage));
  return { ...succeeded(found.map(({ job, organization }) => jobView(job, organization))), ...keys };
};

const ownersIn = async ({ clients }: Pick<Ports, 'clients'>, client: Client, scope: Scope): Promise<Owner[]> => {
  if (!client.admin) {
    if (scope === 'mine') return [client];
    throw forbidden();
  }
  const all = await clients.all();
  if (scope === 'mine' || scope === 'all') return all;
  const one = all.filter(({ organization }) => String(organization) === scope.organization);
  if (one.length === 0) throw notFound('The organization');
  return one;
};
