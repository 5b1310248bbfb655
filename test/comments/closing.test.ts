import { describe, expect, it } from '@jest/globals';
import {
  type ClosingFacts,
  type ClosingScope,
  closesAt,
  closingOf,
  type HandClosing,
  modeOf,
  nextClosingAt,
  type Speaker,
} from '../../src/comments/closing.ts';
import type { CommentMode } from '../../src/site/table.ts';

const published = new Date('2026-03-01T12:00:00Z');
const closedAt = new Date('2026-03-05T08:00:00Z');
const later = new Date('2026-04-01T00:00:00Z');
const open: ClosingFacts = {
  siteMode: 'first_held',
  siteCloseAfterDays: null,
  siteCloseAfterQuietDays: null,
  mode: null,
  closeAfterDays: null,
  closeAfterQuietDays: null,
  publishedAt: published,
  lastSpokenAt: null,
  closures: [],
};

function byHand(scope: ClosingScope, closing: Partial<HandClosing> = {}): HandClosing {
  return { scope, reason: '', closedAt, beginsAt: undefined, speakers: 'nobody', ...closing };
}

describe('A conversation is closed', () => {
  const cases: [string, Partial<ClosingFacts>, number, 'hand' | 'age' | 'quiet' | 'mode' | undefined][] = [
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
    ['14 quiet days of the site, after publication', { siteCloseAfterQuietDays: 14 }, 14, 'quiet'],
    ['14 quiet days, a moment before', { siteCloseAfterQuietDays: 14 }, 14 - 1e-7, undefined],
    ['14 quiet days, since the last comment', { siteCloseAfterQuietDays: 14, lastSpokenAt: closedAt }, 17, undefined],
    ['14 quiet days after the last comment', { siteCloseAfterQuietDays: 14, lastSpokenAt: closedAt }, 18, 'quiet'],
    [
      'its own 3 quiet days, not the 14 of the site',
      { siteCloseAfterQuietDays: 14, closeAfterQuietDays: 3 },
      4,
      'quiet',
    ],
    [
      'never by silence, whatever the site says',
      { siteCloseAfterQuietDays: 14, closeAfterQuietDays: 0 },
      90,
      undefined,
    ],
    ['from a date on that lies ahead', { closures: [byHand('conversation', { beginsAt: later })] }, 20, undefined],
    ['from a date on that has come', { closures: [byHand('conversation', { beginsAt: later })] }, 31, 'hand'],
    [
      'not by its age, where a date was chosen by hand',
      { siteCloseAfterDays: 14, closures: [byHand('conversation', { beginsAt: later })] },
      20,
      undefined,
    ],
    ['at once, by the clock of another process that is ahead', { closures: [byHand('conversation')] }, 1, 'hand'],
    ['with the whole site', { closures: [byHand('site')] }, 5, 'hand'],
    ['closed by hand', { closures: [byHand('conversation', { reason: 'Enough.' })] }, 5, 'hand'],
    [
      'by hand, and too old, and by mode',
      { closures: [byHand('conversation')], siteMode: 'closed', closeAfterDays: 1 },
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
    expect(closingOf({ ...open, closures: [byHand('conversation', { reason: 'Enough.' })] }, now)).toEqual({
      by: 'hand',
      scope: 'conversation',
      since: closedAt,
      reason: 'Enough.',
      speakers: 'nobody',
    });
    expect(closingOf({ ...open, closeAfterDays: 10 }, now)).toEqual({
      by: 'age',
      scope: 'conversation',
      since: new Date('2026-03-11T12:00:00Z'),
      reason: '',
      speakers: 'nobody',
    });
    expect(closingOf({ ...open, mode: 'closed' }, now)).toMatchObject({
      by: 'mode',
      scope: 'conversation',
      since: undefined,
    });
  });

  it('at a time that is known beforehand', () => {
    expect(closesAt({ ...open, siteCloseAfterDays: 1 }, published)).toEqual(new Date('2026-03-02T12:00:00Z'));
    expect(closesAt(open, published)).toBeUndefined();
  });
});

describe('Where it is closed', () => {
  const speakers: [HandClosing['speakers'], Record<Speaker, boolean>][] = [
    ['nobody', { guest: false, staff: false, author: false }],
    ['author', { guest: false, staff: false, author: true }],
    ['staff', { guest: false, staff: true, author: true }],
  ];
  it.each(speakers)('and %s may still speak, the others find it closed', (allowed, expected) => {
    const facts = { ...open, closures: [byHand('conversation', { speakers: allowed })] };
    for (const speaker of ['guest', 'staff', 'author'] as const) {
      expect([speaker, closingOf(facts, later, speaker) === undefined]).toEqual([speaker, expected[speaker]]);
    }
  });

  it('more widely and for more people, who may speak in a part of it finds all of it closed', () => {
    const closures = [byHand('conversation', { speakers: 'staff' }), byHand('site')];
    expect(closingOf({ ...open, closures }, later, 'author')?.scope).toBe('site');
  });

  it('by itself, nobody may speak', () => {
    expect(closingOf({ ...open, closeAfterDays: 1 }, later, 'author')?.by).toBe('age');
  });
});

describe('What the clock changes next', () => {
  it('is the first closing that begins, of a branch too', () => {
    const beginsAt = new Date('2026-03-20T00:00:00Z');
    const facts = { ...open, siteCloseAfterQuietDays: 60, closures: [byHand('branch', { beginsAt })] };
    expect(nextClosingAt(facts, published)).toEqual(beginsAt);
    expect(closesAt(facts, published)).toBeUndefined();
    expect(nextClosingAt(facts, beginsAt)).toEqual(new Date('2026-04-30T12:00:00Z'));
    expect(nextClosingAt(open, published)).toBeUndefined();
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
