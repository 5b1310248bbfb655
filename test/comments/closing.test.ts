import { describe, expect, it } from '@jest/globals';
import { type ClosingFacts, closesAt, closingOf, modeOf } from '../../src/comments/closing.ts';
import type { CommentMode } from '../../src/site/table.ts';

const published = new Date('2026-03-01T12:00:00Z');
const closedAt = new Date('2026-03-05T08:00:00Z');
const open: ClosingFacts = {
  siteMode: 'first_held',
  siteCloseAfterDays: null,
  mode: null,
  closeAfterDays: null,
  publishedAt: published,
  closure: undefined,
};

describe('A conversation is closed', () => {
  const cases: [string, Partial<ClosingFacts>, number, 'hand' | 'age' | 'mode' | undefined][] = [
    ['as the site, which never closes', {}, 5000, undefined],
    ['14 days by the site, a moment before', { siteCloseAfterDays: 14 }, 14 - 1e-7, undefined],
    ['14 days by the site, at that moment', { siteCloseAfterDays: 14 }, 14, 'age'],
    ['14 days by the site, later', { siteCloseAfterDays: 14 }, 300, 'age'],
    ['its own 3 days, before the 14 of the site', { siteCloseAfterDays: 14, closeAfterDays: 3 }, 4, 'age'],
    ['its own 30 days, after the 14 of the site', { siteCloseAfterDays: 14, closeAfterDays: 30 }, 20, undefined],
    ['never, by itself (0), whatever the site says', { siteCloseAfterDays: 14, closeAfterDays: 0 }, 5000, undefined],
    ['14 days, but a draft', { siteCloseAfterDays: 14, publishedAt: null }, 300, undefined],
    ['a closed site', { siteMode: 'closed' }, 1, 'mode'],
    ['a closed site, its own mode open', { siteMode: 'closed', mode: 'open' }, 1, 'mode'],
    ['its own mode closed', { mode: 'closed' }, 1, 'mode'],
    ['closed by hand', { closure: { reason: 'Enough.', closedAt } }, 5, 'hand'],
    [
      'by hand, and too old, and by mode',
      { closure: { reason: '', closedAt }, siteMode: 'closed', closeAfterDays: 1 },
      90,
      'hand',
    ],
    ['by mode, and too old', { mode: 'closed', closeAfterDays: 1 }, 90, 'mode'],
  ];
  it.each(cases)('%s', (_name, facts, days, by) => {
    const now = new Date(published.getTime() + days * 86_400_000);
    expect(closingOf({ ...open, ...facts }, now)?.by).toBe(by);
  });

  it('by hand since then and with its reason, by age since that day, by mode without a date', () => {
    const now = new Date('2026-06-01T00:00:00Z');
    expect(closingOf({ ...open, closure: { reason: 'Enough.', closedAt } }, now)).toEqual({
      by: 'hand',
      since: closedAt,
      reason: 'Enough.',
    });
    expect(closingOf({ ...open, closeAfterDays: 10 }, now)).toEqual({
      by: 'age',
      since: new Date('2026-03-11T12:00:00Z'),
      reason: '',
    });
    expect(closingOf({ ...open, mode: 'closed' }, now)).toEqual({ by: 'mode', since: undefined, reason: '' });
  });

  it('at a time that is known beforehand', () => {
    expect(closesAt({ ...open, siteCloseAfterDays: 1 })).toEqual(new Date('2026-03-02T12:00:00Z'));
    expect(closesAt(open)).toBeUndefined();
  });
});

describe('The mode that holds', () => {
  const cases: [CommentMode, CommentMode | null, CommentMode][] = [
    ['open', null, 'open'],
    ['all_held', null, 'all_held'],
    ['all_held', 'open', 'open'],
    ['open', 'all_held', 'all_held'],
    ['first_held', 'closed', 'closed'],
    ['closed', 'open', 'closed'],
    ['closed', null, 'closed'],
  ];
  it.each(cases)('on a site that is %s, of a conversation that is %s: %s', (siteMode, mode, expected) => {
    expect(modeOf({ siteMode, mode })).toBe(expected);
  });
});
