import { describe, expect, it, test } from '@jest/globals';
import { nameBrowser } from '../../src/accounts/browser-name.ts';
import { proposeHandle } from '../../src/accounts/handle.ts';
import { nextPath } from '../../src/accounts/next-path.ts';

describe('a handle', () => {
  test.each([
    ['Ada Lovelace', 'ada-lovelace'],
    ['René Ångström', 'rene-angstrom'],
    ["Grace O'Malley", 'grace-omalley'],
    ['Ада Petrova', 'petrova'],
    ['Ада', 'person'],
    ['🦢', 'person'],
  ])('of %s is %s', (name, handle) => expect(proposeHandle(name, 1)).toBe(handle));

  it('ends in a number where the first is taken', () => {
    expect(proposeHandle('Ada Lovelace', 3)).toBe('ada-lovelace-3');
  });

  it.each([1, 2, 100])('is never longer than its column, nor ends in a hyphen: proposal %d', (number) => {
    for (const name of [
      'x'.repeat(60),
      `${'x'.repeat(57)} yz`,
      `${'x'.repeat(59)} y`,
      'ﷺ'.repeat(60),
      'æ'.repeat(60),
    ]) {
      expect(proposeHandle(name, number)).toMatch(/^(?=.{1,60}$)[a-z0-9]+(-[a-z0-9]+)*$/);
    }
  });
});

describe('where to go after signing in', () => {
  test.each(['/', '/moderation?status=spam&post=3', '/posts/über#c1', '/a//b', '/.//elsewhere.example'])(
    '%s is taken',
    (path) => expect(nextPath(path)).toBe(path),
  );

  test.each([
    '//elsewhere.example',
    '/\\elsewhere.example',
    '\\\\elsewhere.example',
    'https://elsewhere.example/',
    'javascript:alert(1)',
    '/\t/elsewhere.example',
    '/\n//elsewhere.example',
    '/a\\b',
    'write',
    '',
    `/${'a'.repeat(2000)}`,
    undefined,
    ['/write'],
  ])('%j is not, and the home page is', (path) => expect(nextPath(path)).toBe('/'));
});

describe('the name of a browser', () => {
  test.each([
    ['Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0', 'Firefox', 'Linux'],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0',
      'Edge',
      'Windows',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 26_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1',
      'Safari',
      'iPhone',
    ],
    [
      'Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36',
      'Chrome',
      'Android',
    ],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 OPR/124.0',
      'Opera',
      'macOS',
    ],
    ['curl/8.17.0', undefined, undefined],
    ['', undefined, undefined],
  ])('%s', (userAgent, browser, system) => expect(nameBrowser(userAgent)).toEqual({ browser, system }));
});
