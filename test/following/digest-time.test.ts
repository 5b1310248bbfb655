import { describe, expect, it } from '@jest/globals';
import { lastClosing } from '../../src/following/digest-time.ts';

const closing = (now: string, timeZone: string) => lastClosing(new Date(now), timeZone).toISOString();

describe('A day’s digest', () => {
  it('is closed at seven in the morning, where the site is', () => {
    expect(closing('2026-11-21T07:00:00Z', 'UTC')).toBe('2026-11-21T07:00:00.000Z');
    expect(closing('2026-11-21T06:59:59Z', 'UTC')).toBe('2026-11-20T07:00:00.000Z');
    expect(closing('2026-11-21T23:59:59Z', 'UTC')).toBe('2026-11-21T07:00:00.000Z');
    expect(closing('2026-11-21T06:30:00Z', 'Europe/Berlin')).toBe('2026-11-21T06:00:00.000Z');
    expect(closing('2026-11-21T14:30:00Z', 'Asia/Tokyo')).toBe('2026-11-20T22:00:00.000Z');
  });

  it('is closed at seven by the clock that people see, on the days when it changes', () => {
    expect(closing('2026-03-29T12:00:00Z', 'Europe/Berlin')).toBe('2026-03-29T05:00:00.000Z');
    expect(closing('2026-03-29T04:00:00Z', 'Europe/Berlin')).toBe('2026-03-28T06:00:00.000Z');
    expect(closing('2026-10-25T12:00:00Z', 'Europe/Berlin')).toBe('2026-10-25T06:00:00.000Z');
  });
});
