// Who may call: a client, the names by which each protocol knows it, and the port that keeps them.
import type { MatchField } from './append/match-keys.ts';
import type { ClientId } from './job.ts';
import { checkTimeZone } from './local-time.ts';

export interface ClientSettings {
  /** `documented` shows all five status words; `strict` only pending, completed and error. */
  dialect: 'documented' | 'strict';
  /** IANA zone in which dates are shown and read. */
  timeZone: string;
  /** How long export links live, in hours after the job's end. */
  exportHours: number;
  /** Neutralises cells that a spreadsheet would run as formulas. */
  guardFormulas: boolean;
  /** Shows the key `extid` in list exports. People are found by it either way. */
  extidLookup: boolean;
  /** How many days after it was sent a campaign may still be exported; absent: always. */
  blastQueryDays?: number;
  /**
   * Switches the index on by which `append_email` finds people, from then on; by the field of a record the variable that holds it,
   * where that has another name.
   */
  matching?: Partial<Record<MatchField, string>>;
  /** Which calls of the append API the account may make; absent: all. */
  appendAccount?: 'unrestricted' | 'restricted' | 'trial';
  /** Requests per second by `METHOD endpoint`, over the documented ones. */
  rateLimits: Record<string, number>;
}

export const defaultSettings: ClientSettings = {
  dialect: 'documented',
  timeZone: 'UTC',
  exportHours: 2,
  guardFormulas: false,
  extidLookup: false,
  rateLimits: {},
};

/** The organization whose administrators may see all others. It is given only when it is asked for. */
export const systemOrganization = 1;

export interface Client {
  id: ClientId;
  apiKey: string;
  secret: string;
  /** A positive number, no other client's; 0 for a client of an older version until it is put again. */
  organization: number;
  /** No other client's. */
  username: string;
  /** May look at every organization. Only in the system organization. */
  admin?: boolean;
  /** Unknown to every caller. Jobs that it has go on to their ends. */
  disabled?: boolean;
  settings: ClientSettings;
}

/** A client as lists show it. */
export type ListedClient = Omit<Client, 'secret'>;

/** A client to be written. What is left out has its default, but the organization and the name stay what they were. */
export type ClientToPut = Pick<Client, 'id' | 'apiKey' | 'secret'> &
  Partial<Pick<Client, 'organization' | 'username' | 'admin' | 'disabled'>> & { settings?: Partial<ClientSettings> };

export interface Clients {
  /** By what a caller names; undefined for a disabled client, so that no door needs to ask. */
  byKey(apiKey: string): Promise<Client | undefined>;
  /** As `byKey`. */
  byOrganization(organization: number): Promise<Client | undefined>;
  /** As `byKey`. */
  byUsername(username: string): Promise<Client | undefined>;
  /** A disabled client too. */
  byId(id: ClientId): Promise<Client | undefined>;
  /** All of them, disabled ones too, in order of id. Opens no secret. */
  all(): Promise<ListedClient[]>;
  /**
   * Writes a client, its secret encrypted. A new one gets the next free organization above the system's, and its id as its
   * name, unless they are given. Throws for another client's key, organization or name, and RangeError for a time zone that
   * does not exist, an organization that is no positive integer, and an administrator outside of the system organization.
   */
  put(client: ClientToPut): Promise<void>;
}

/** Throws RangeError when the client cannot be kept; `organization` is the one that it will have. */
export const checkClient = ({ admin, settings }: ClientToPut, organization: number | undefined): void => {
  checkTimeZone(settings?.timeZone);
  if (organization !== undefined && !(Number.isSafeInteger(organization) && organization > 0))
    throw new RangeError('an organization is a positive integer');
  if (admin && organization !== systemOrganization)
    throw new RangeError(`administrators belong to organization ${systemOrganization}`);
};
