import { describe, expect, it } from '@jest/globals';
import { normaliseWebsite } from '../../src/text/website.ts';

describe('a website', () => {
  it.each([
    ['example.org', 'https://example.org/'],
    [' http://Example.org/a?b#c ', 'http://example.org/a?b#c'],
    ['HTTPS://example.org', 'https://example.org/'],
    ['example.org:8080/a', 'https://example.org:8080/a'],
    ['//example.org', 'https://example.org/'],
    ['bücher.example', 'https://xn--bcher-kva.example/'],
  ])('given as %j is %j', (text, expected) => {
    expect(normaliseWebsite(text)).toBe(expected);
    expect(normaliseWebsite(expected)).toBe(expected);
  });

  it.each([
    [''],
    ['no'],
    ['not a site.example'],
    ['https://example.org/ and more'],
    ['exam\nple.org'],
    ['javascript:alert(1)'],
    ['javascript://example.org/%0aalert(1)'],
    ['java\nscript:alert(1)'],
    ['data:text/html,x'],
    ['mailto:rob@example.org'],
    ['rob@example.org'],
    ['ftp://example.org'],
    ['file:///etc/passwd'],
    ['https://rob:secret@example.org'],
    ['https://bank.example@evil.example'],
    ['https://localhost'],
    ['https://'],
    ['https://exa\0mple.org'],
    [`https://example.org/${'a'.repeat(200)}`],
    [`https://example.org/${'ü'.repeat(40)}`],
  ])('is not %j', (text) => {
    expect(normaliseWebsite(text)).toBeUndefined();
  });
});
