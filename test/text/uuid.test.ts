import { createHash } from 'node:crypto';
import { describe, expect, it, test } from '@jest/globals';
import { isUuid, uuidOf } from '../../src/text/uuid.ts';

const hash = (text: string) => createHash('sha256').update(text).digest();

describe('a UUID', () => {
  test.each([
    ['0190d5a3-5c8e-7cc0-8000-0123456789ab', true],
    ['0190D5A3-5C8E-7CC0-8000-0123456789AB', true],
    ['0190d5a3-5c8e-7cc0-8000-0123456789a', false],
    ['0190d5a35c8e7cc080000123456789ab', false],
    [' 0190d5a3-5c8e-7cc0-8000-0123456789ab', false],
    ['0190d5a3-5c8e-7cc0-8000-0123456789ag', false],
    ['', false],
  ])('is %j: %s', (text, expected) => {
    expect(isUuid(text)).toBe(expected);
  });

  it('of a hash is always the same, of version 8, and leaves the hash as it was', () => {
    const given = hash('one');
    expect(uuidOf(given)).toMatch(/^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect(uuidOf(given)).toBe(uuidOf(hash('one')));
    expect(uuidOf(given)).not.toBe(uuidOf(hash('two')));
    expect(given).toEqual(hash('one'));
  });
});
