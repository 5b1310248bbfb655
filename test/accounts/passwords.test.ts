import { describe, expect, it } from '@jest/globals';
import { parseOptions } from '@node-rs/argon2';
import { hashPassword, passwordMatches, passwordProblem } from '../../src/accounts/passwords.ts';

describe('the rule for passwords', () => {
  it('takes 15 characters and refuses 14', () => {
    expect(passwordProblem('a'.repeat(15))).toBeUndefined();
    expect(passwordProblem('a'.repeat(14))).toEqual({ key: 'password.short', values: { least: 15 } });
  });

  it('takes 1,000 characters and refuses one more', () => {
    expect(passwordProblem('a'.repeat(1000))).toBeUndefined();
    expect(passwordProblem('a'.repeat(1001))).toEqual({ key: 'password.long', values: { most: 1000 } });
  });

  it('counts characters, not the units that a computer stores them in', () => {
    expect(passwordProblem('🦢'.repeat(15))).toBeUndefined();
    expect(passwordProblem('🦢'.repeat(14))).toBeDefined();
    expect(passwordProblem('e\u0301'.repeat(14))).toBeDefined();
  });

  it.each(['aaaaaaaaaaaaaaa', '               ', '123456789012345', 'ÄÖÜäöüßéèêçñœæø'])(
    'has no other rule: “%s”',
    (password) => {
      expect(passwordProblem(password)).toBeUndefined();
    },
  );
});

describe('a stored password', () => {
  it('is hashed by Argon2id at the cost that OWASP recommends, anew each time', async () => {
    const [one, other] = await Promise.all([hashPassword('a'.repeat(15)), hashPassword('a'.repeat(15))]);
    expect(parseOptions(one)).toMatchObject({ algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 });
    expect(one).not.toBe(other);
  });

  it('matches itself, spaces at the ends included, and nothing else', async () => {
    const stored = await hashPassword('  seven grey herons ');
    expect(await passwordMatches(stored, '  seven grey herons ')).toBe(true);
    expect(await passwordMatches(stored, 'seven grey herons')).toBe(false);
    expect(await passwordMatches(stored, '  Seven grey herons ')).toBe(false);
  });

  it('matches however the keyboard puts its letters together', async () => {
    expect(
      await passwordMatches(await hashPassword('sieben Gänse über Öd'), 'sieben Ga\u0308nse u\u0308ber O\u0308d'),
    ).toBe(true);
  });

  it('is compared with something as costly where there is none, and never matches', async () => {
    expect(await passwordMatches(undefined, 'seven grey herons wait')).toBe(false);
    expect(await passwordMatches(null, '')).toBe(false);
  });
});
