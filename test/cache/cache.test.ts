import { beforeEach, describe, expect, test } from '@jest/globals';
import { type Cache, createCache, type Made } from '../../src/cache/cache.ts';
import { chooseEncoding, isKnown } from '../../src/cache/kept-page.ts';
import { addressOf, pageAddress } from '../../src/cache/page-address.ts';
import type { Changes, Subject } from '../../src/changes/changes.ts';
import { type ChangeRecord, createChangeRecord } from '../../src/changes/record.ts';

let record: ChangeRecord;
let heard: boolean;
let now: Date;
let cache: Cache<{ text: string }>;

beforeEach(() => {
  record = createChangeRecord();
  heard = true;
  now = new Date('2026-01-01T12:00:00Z');
  const changes: Changes = {
    mark: record.mark,
    unchangedSince: (mark, subjects) => heard && record.unchangedSince(mark, subjects),
    unchangedAsFarAsKnown: record.unchangedSince,
    isHeard: () => heard,
    caughtUp: async () => {},
    onChange: () => () => {},
  };
  cache = createCache({ changes, now: () => now, bytes: 1_000 });
});

const subjects: readonly Subject[] = ['site', 'conversation 1'];
const made =
  (text: string, terms: Partial<Made<{ text: string }>> = {}) =>
  async () => ({
    value: { text },
    subjects,
    bytes: 100,
    ...terms,
  });

describe('what is kept', () => {
  test('holds until one of its subjects changes, and nobody gets it any more', async () => {
    await cache.get('page', made('first'));
    record.note('conversation 2');
    expect(await cache.get('page', made('second'))).toEqual({ text: 'first' });
    record.note('conversation 1');
    expect(cache.find('page')).toBeUndefined();
    expect(cache.findUnconfirmed('page')).toBeUndefined();
    expect(await cache.get('page', made('third'))).toEqual({ text: 'third' });
  });

  test('holds until its time comes', async () => {
    const until = new Date(now.getTime() + 1);
    await cache.get('page', made('before', { until }));
    expect(cache.find('page')).toEqual({ text: 'before' });
    now = until;
    expect(cache.find('page')).toBeUndefined();
    expect(cache.findUnconfirmed('page')).toBeUndefined();
  });

  test('holds no more after a gap in what was heard, and while nothing is heard as far as is known', async () => {
    await cache.get('page', made('before'));
    heard = false;
    expect(cache.find('page')).toBeUndefined();
    expect(cache.findUnconfirmed('page')).toEqual({ text: 'before' });
    heard = true;
    expect(cache.find('page')).toEqual({ text: 'before' });
    record.noteGap();
    expect(cache.find('page')).toBeUndefined();
  });

  test('is bounded: what was not asked for the longest goes first', async () => {
    for (let number = 1; number <= 10; number += 1) await cache.get(`page ${number}`, made(`page ${number}`));
    cache.find('page 1');
    await cache.get('page 11', made('page 11'));
    expect(cache.find('page 2')).toBeUndefined();
    expect(cache.find('page 1')).toEqual({ text: 'page 1' });
    await cache.get('huge', made('huge', { bytes: 5_000 }));
    expect(cache.find('huge')).toBeUndefined();
  });

  test('is nothing that depends on nothing', async () => {
    await cache.get('page', made('once', { subjects: [] }));
    expect(cache.findUnconfirmed('page')).toBeUndefined();
  });

  test('is not what could not be made', async () => {
    const failing = async () => {
      throw new Error('no luck');
    };
    await expect(cache.get('page', failing)).rejects.toThrow('no luck');
    expect(await cache.get('page', made('with luck'))).toEqual({ text: 'with luck' });
  });
});

describe('what is being made', () => {
  test('is made once for all who ask before anything changes, and anew for who comes after a change', async () => {
    let times = 0;
    const finish: (() => void)[] = [];
    const slow = async () => {
      times += 1;
      const text = `made ${times}`;
      await new Promise<void>((resolve) => finish.push(resolve));
      return { value: { text }, subjects, bytes: 100 };
    };
    const both = [cache.get('page', slow), cache.get('page', slow)];
    record.note('conversation 1');
    const later = cache.get('page', slow);
    for (const each of finish.reverse()) each();
    expect(await Promise.all(both)).toEqual([{ text: 'made 1' }, { text: 'made 1' }]);
    expect(await later).toEqual({ text: 'made 2' });
    expect(cache.find('page')).toEqual({ text: 'made 2' });
  });
});

describe('the record of changes', () => {
  test('takes everything for changed rather than grow without end', () => {
    record.note('site');
    const mark = record.mark();
    for (let id = 1; id <= 10_001; id += 1) record.note(`conversation ${id}`);
    expect(record.unchangedSince(mark, ['site'])).toBe(false);
    expect(record.unchangedSince(record.mark(), ['site', 'conversation 5'])).toBe(true);
  });
});

describe('the address of a page', () => {
  test.each([
    ['/posts/a', '/posts/a'],
    ['/posts/a?', '/posts/a'],
    ['/posts/a?from=x', '/posts/a'],
    ['/posts/a?order=newest&after=12', '/posts/a?after=12&order=newest'],
    ['/index?by=title&utm=1', '/index?by=title'],
    ['/posts/a?after=1&after=2', undefined],
    ['/assets/x/site.css', undefined],
    ['/healthz', undefined],
    ['/metrics?x=1', undefined],
    ['/metrics-of-wine', '/metrics-of-wine'],
    ['http://elsewhere/', undefined],
  ])('of a request for %s is %s', (url, address) => {
    expect(pageAddress(url)).toBe(address);
  });

  test('is written alike by requests and routes', () => {
    expect(addressOf('/posts/a', { order: 'newest', after: 12 })).toBe(pageAddress('/posts/a?after=12&order=newest'));
    expect(addressOf('/posts/a', { after: undefined })).toBe('/posts/a');
    expect(addressOf('/tags/x', { before: 'é &' })).toBe(pageAddress('/tags/x?before=%C3%A9%20%26'));
  });
});

describe('the encoding of an answer', () => {
  test.each([
    [undefined, 'identity'],
    ['', 'identity'],
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip, deflate', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['br; q=0.0,gzip;q=0', 'identity'],
    ['br;q=0.5', 'br'],
    ['deflate', 'identity'],
    ['sbr, x-br-old', 'identity'],
    ['BR', 'br'],
    ['*', 'identity'],
  ])('for “%s” is %s', (accepted, encoding) => {
    expect(chooseEncoding(accepted)).toBe(encoding);
  });
});

describe('a page that a browser has', () => {
  test.each([
    ['W/"a"', true],
    ['"a"', true],
    ['"b", W/"a"', true],
    ['*', true],
    ['"b"', false],
    ['a', false],
    [undefined, false],
  ])('is known by %s: %s', (header, known) => {
    expect(isKnown('W/"a"', header)).toBe(known);
  });
});
