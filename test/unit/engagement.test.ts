// The seven documented words and where, to the millisecond, one ends and the next begins.
import { describe, expect, it } from 'vitest';
import { engagementOf } from '../../functions/jobs/exports/engagement.ts';
import type { Profile } from '../../functions/jobs/profile.ts';

const now = Date.UTC(2024, 5, 15);
const daysAgo = (days: number, moreMs = 0): number => now - days * 86_400_000 - moreMs;
const longAgo = daysAgo(1000);

const engagement = (more: Partial<Profile>): string => {
  const base = { sid: '', email: '', vars: {}, lists: {}, createdAt: longAgo, createdBy: '', changedBy: '' };
  return engagementOf({ ...base, signupAt: longAgo, ...more }, now);
};

describe('the engagement of a person', () => {
  it.each([
    ['engaged', 'a click 30 days ago', { lastClick: daysAgo(30) }],
    ['passive', 'a click a moment before that', { lastClick: daysAgo(30, 1) }],
    ['engaged', 'a click 30 days ago and an open since', { lastClick: daysAgo(30), lastOpen: now }],
    ['active', 'a click before that and an open since', { lastClick: daysAgo(30, 1), lastOpen: now }],
    ['active', 'an open 30 days ago', { lastOpen: daysAgo(30) }],
    ['passive', 'an open a moment before that', { lastOpen: daysAgo(30, 1) }],
    ['active', 'a page view 30 days ago', { lastPageview: daysAgo(30) }],
    ['active', 'a page view after old opens and clicks', { lastOpen: longAgo, lastClick: longAgo, lastPageview: now }],
    ['passive', 'a page view a moment before that', { lastPageview: daysAgo(30, 1) }],
    ['passive', 'a click 90 days ago', { lastOpen: longAgo, lastClick: daysAgo(90), lastPageview: longAgo }],
    ['passive', 'an open 90 days ago', { lastOpen: daysAgo(90), lastClick: longAgo, lastPageview: longAgo }],
    ['disengaged', 'a click a moment before that', { lastClick: daysAgo(90, 1) }],
    ['disengaged', 'an open a moment before that', { lastOpen: daysAgo(90, 1) }],
    ['disengaged', 'a page view long ago', { lastPageview: longAgo }],
    ['dormant', 'mail received and nothing done', { messages: 100, opens: 0 }],
  ])('is %s with %s', (word, _what, stats) => {
    expect(engagement({ stats })).toBe(word);
  });

  it('is new without any activity up to 30 days after signup, whenever the profile was made, then dormant', () => {
    expect(engagement({ signupAt: now })).toBe('new');
    expect(engagement({ signupAt: daysAgo(30), stats: { messages: 3 } })).toBe('new');
    expect(engagement({ signupAt: daysAgo(30, 1) })).toBe('dormant');
    expect(engagement({ signupAt: longAgo, createdAt: now })).toBe('dormant');
  });

  it('of someone who signed up lately and did something is told by what was done', () => {
    expect(engagement({ signupAt: now, stats: { lastOpen: daysAgo(1) } })).toBe('active');
    expect(engagement({ signupAt: now, stats: { lastOpen: daysAgo(91) } })).toBe('disengaged');
  });

  it('is optout for those who are out of all mail, and for no other opt-out', () => {
    const stats = { lastClick: now };
    expect(engagement({ optout: 'all', stats })).toBe('optout');
    expect(engagement({ optout: 'all' })).toBe('optout');
    expect(engagement({ optout: 'blast', stats })).toBe('engaged');
    expect(engagement({ optout: 'basic', stats })).toBe('engaged');
  });

  it('is hardbounce whatever else holds, and no other state of the mailbox counts', () => {
    const stats = { lastClick: now };
    expect(engagement({ status: 'hardbounce', optout: 'all', stats })).toBe('hardbounce');
    expect(engagement({ status: 'hardbounce', signupAt: now })).toBe('hardbounce');
    expect(engagement({ status: 'softbounce', optout: 'all' })).toBe('optout');
    expect(engagement({ status: 'softbounce', stats })).toBe('engaged');
    expect(engagement({ status: 'valid', stats })).toBe('engaged');
  });
});
