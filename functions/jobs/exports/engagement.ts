// How engaged a profile is, in the seven documented words; the rule behind them is ours, for none is documented.
import type { Millis } from '../job.ts';
import type { Profile } from '../profile.ts';

/** The first two are level 0; the others levels 1 to 6. */
type Engagement = 'hardbounce' | 'optout' | 'dormant' | 'disengaged' | 'new' | 'passive' | 'active' | 'engaged';

const day = 24 * 3600_000;

/**
 * Level 0 when nothing may be sent; else by the last open, click or page view: within 30 days `engaged` (a click) or
 * `active`, within 90 `passive`, longer ago `disengaged`. Without any: `new` for 30 days after signup, then `dormant`.
 */
export const engagementOf = ({ stats, status, optout, signupAt }: Profile, now: Millis): Engagement => {
  if (status === 'hardbounce') return 'hardbounce';
  if (optout === 'all') return 'optout';
  const last = Math.max(stats?.lastOpen ?? 0, stats?.lastClick ?? 0, stats?.lastPageview ?? 0);
  if (last === 0) return now - signupAt <= 30 * day ? 'new' : 'dormant';
  if (now - last > 90 * day) return 'disengaged';
  if (now - last > 30 * day) return 'passive';
  return now - (stats?.lastClick ?? 0) <= 30 * day ? 'engaged' : 'active';
};

const levels: Readonly<Record<Engagement, number>> = {
  hardbounce: 0,
  optout: 0,
  dormant: 1,
  disengaged: 2,
  new: 3,
  passive: 4,
  active: 5,
  engaged: 6,
};
export const maxLevel = 6;

/** The same as a level, 0 to 6, as queries count it. */
export const levelOf = (profile: Profile, now: Millis): number => levels[engagementOf(profile, now)];
