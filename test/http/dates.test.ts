import { describe, expect, it } from '@jest/globals';
import { createDates, readLocalTime } from '../../src/http/dates.ts';

const time = new Date('2026-11-21T23:05:40Z');

describe('A time', () => {
  it.each([
    ['en', 'UTC', '21 November 2026', '21 November 2026 at 23:05', '23:05', '2026-11-21T23:05'],
    ['en', 'Europe/Zurich', '22 November 2026', '22 November 2026 at 00:05', '00:05', '2026-11-22T00:05'],
    ['en', 'America/Los_Angeles', '21 November 2026', '21 November 2026 at 15:05', '15:05', '2026-11-21T15:05'],
    ['de', 'Europe/Zurich', '22. November 2026', '22. November 2026 um 00:05', '00:05', '2026-11-22T00:05'],
  ])('in the language %s and the zone %s is %s', (language, zone, day, minute, clock, local) => {
    const dates = createDates(language, zone);
    expect(dates.day(time)).toBe(day);
    expect(dates.minute(time)).toBe(minute);
    expect(dates.clock(time)).toBe(clock);
    expect(dates.local(time)).toBe(local);
  });

  it('belongs to the year of the site’s zone', () => {
    const newYear = new Date('2026-12-31T23:30:00Z');
    expect(createDates('en', 'UTC').year(newYear)).toBe(2026);
    expect(createDates('en', 'Europe/Zurich').year(newYear)).toBe(2027);
  });
});

describe('A time that is typed', () => {
  it.each([
    ['2026-07-01T09:00', '2026-07-01T07:00:00.000Z'],
    ['2026-12-01T09:00', '2026-12-01T08:00:00.000Z'],
    ['2026-12-01T09:00:30', '2026-12-01T08:00:30.000Z'],
    ['2028-02-29T00:00', '2028-02-28T23:00:00.000Z'],
    // Clocks go from 2:00 to 3:00: half past two is taken as half past three.
    ['2026-03-29T02:30', '2026-03-29T01:30:00.000Z'],
    // Clocks go from 3:00 to 2:00: the first of the two half past twos.
    ['2026-10-25T02:30', '2026-10-25T00:30:00.000Z'],
  ])('%s in Zurich is %s', (text, iso) => {
    expect(readLocalTime(text, 'Europe/Zurich')?.toISOString()).toBe(iso);
  });

  it('comes back as it was shown', () => {
    const { local } = createDates('en', 'Asia/Kathmandu');
    expect(local(readLocalTime('2026-11-22T04:50', 'Asia/Kathmandu') ?? time)).toBe('2026-11-22T04:50');
  });

  it.each([
    '',
    'tomorrow',
    '2026-11-21',
    '2026-02-29T10:00',
    '2026-13-01T10:00',
    '2026-11-31T10:00',
    '2026-11-21T24:00',
    '2026-11-21T10:60',
    '2026-11-21T10:00Z',
    '2026-11-21 10:00',
    ' 2026-11-21T10:00',
    '2026-11-21T10:00\n',
    '12026-11-21T10:00',
  ])('is none: %j', (text) => {
    expect(readLocalTime(text, 'UTC')).toBeUndefined();
  });
});
