import { describe, expect, it } from '@jest/globals';
import { isEmail, normaliseEmail } from '../../src/text/email-address.ts';

describe('an e-mail address', () => {
  it('is compared trimmed, composed and in lower case', () => {
    expect(normaliseEmail('  Rob@EXAMPLE.org\n')).toBe('rob@example.org');
    expect(normaliseEmail('JOSE\u0301@example.org')).toBe('josé@example.org');
    expect(normaliseEmail(normaliseEmail('J\u030C@example.org'))).toBe(normaliseEmail('J\u030C@example.org'));
  });

  it.each([
    ['rob@example.org'],
    ["o'neill+notes@mail.example.co.uk"],
    ['josé@bücher.example'],
    ['a@1.example'],
    ['用户@例え.jp'],
    [`a@${'b'.repeat(63)}.example`],
  ])('may be %j', (text) => {
    expect(isEmail(text)).toBe(true);
  });

  it.each([
    [''],
    ['rob'],
    ['@example.org'],
    ['rob@'],
    ['rob@localhost'],
    ['rob@@example.org'],
    ['a@b@example.org'],
    ['a@b.example@example.org'],
    ['rob@example..org'],
    ['rob@.example.org'],
    ['rob@example.org.'],
    ['rob@-example.org'],
    ['rob@exam ple.org'],
    ['rob smith@example.org'],
    ['rob@example.org\r\nBcc: all@example.org'],
    ['rob\0@example.org'],
    ['rob\u200b@example.org'],
    ['rob\ud83d@example.org'],
    ['Rob <rob@example.org>'],
    ['rob@example.org, all@example.org'],
    ['"rob"@example.org'],
    ['rob@[127.0.0.1]'],
    [`${'a'.repeat(65)}@example.org`],
    [`rob@${'a.'.repeat(130)}org`],
    [`rob@${'b'.repeat(64)}.example`],
  ])('is not %j', (text) => {
    expect(isEmail(text)).toBe(false);
  });
});
