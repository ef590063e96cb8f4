// Criteria about the address, what may be sent to it, and the lists that it is in.
import { normaliseAddress } from '../../files/address.ts';
import type { ListId } from '../profile.ts';
import { type Definition, define, plain } from './definition.ts';
import { everyone, type QueryContext, type Test } from './query.ts';
import { textsOf } from './values.ts';

/** Addresses are kept in lower case, domains in ASCII form: so are those of a query, whatever case they were written in. */
const domainOf = (text: string): string => {
  const domain = text.replace(/^@/, '').toLowerCase();
  const normal = normaliseAddress(`x@${domain}`);
  return 'address' in normal ? normal.address.slice(2) : domain;
};

const addressTest = (text: string): ((address: string) => boolean) => {
  const [first = '', ...more] = text.toLowerCase().split('*');
  const last = more.pop();
  if (last === undefined) {
    const normal = normaliseAddress(text);
    const wanted = 'address' in normal ? normal.address : first;
    return (address) => address === wanted;
  }
  const inner = more.filter((part) => part !== '');
  return (address) => {
    if (!address.startsWith(first)) return false;
    let at = first.length;
    for (const part of inner) {
      const found = address.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return address.length - last.length >= at && address.endsWith(last);
  };
};

const idsOf = (names: readonly string[], { lists }: QueryContext): ListId[] =>
  names.map((name) => lists.get(name)).filter((id) => id !== undefined);

/** Whether someone is in one of the lists. */
export const inAny = (names: readonly string[], context: QueryContext): Test => {
  if (names.includes(everyone)) return () => true;
  const ids = idsOf(names, context);
  return ({ lists }) => {
    for (const id of ids) if (Object.hasOwn(lists, id)) return true;
    return false;
  };
};

/** Whether someone is in each of the lists. */
export const inAll = (names: readonly string[], context: QueryContext): Test => {
  const ids = idsOf(names, context);
  if (ids.length < names.length) return () => false;
  return ({ lists }) => {
    for (const id of ids) if (!Object.hasOwn(lists, id)) return false;
    return true;
  };
};

const membership = (wanted: boolean): Definition =>
  define({
    needs: ['value'],
    lists: true,
    compile(attributes, context) {
      const member = inAny(textsOf(attributes), context);
      return (profile) => member(profile) === wanted;
    },
  });

export const contactCriteria: Readonly<Record<string, Definition>> = {
  domain: define({
    needs: ['value'],
    compile(attributes) {
      const domains = new Set(textsOf(attributes).map(domainOf));
      return ({ email }) => domains.has(email.slice(email.lastIndexOf('@') + 1));
    },
  }),
  email: define({
    needs: ['value'],
    compile(attributes) {
      const tests = textsOf(attributes).map(addressTest);
      return ({ email }) => tests.some((test) => test(email));
    },
  }),
  status_softbounce: plain(({ status }) => status === 'softbounce'),
  status_hardbounce: plain(({ status }) => status === 'hardbounce'),
  optout_all: plain(({ optout }) => optout === 'all'),
  /** Whoever wants no mail at all, or only basic mail, wants no campaigns either. */
  optout_blast: plain(({ optout }) => optout !== undefined),
  optout_blast_only: plain(({ optout }) => optout === 'blast'),
  optout_template: define({
    needs: ['value'],
    compile(attributes) {
      const templates = textsOf(attributes);
      return ({ optoutTemplates }) => optoutTemplates?.some((name) => templates.includes(name)) ?? false;
    },
  }),
  list_member: membership(true),
  list_member_not: membership(false),
};
