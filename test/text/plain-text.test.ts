import { describe, expect, it } from '@jest/globals';
import { excerptOf, normalise, normaliseLine } from '../../src/text/plain-text.ts';
import { trustStored } from '../../src/text/trusted-html.ts';
import { filled, leastMilliseconds, patience } from '../rules/hostile-texts.ts';
import { randomTexts } from './random-text.ts';

describe('a stored text', () => {
  it.each([
    ['is composed', 'cafe\u0301', 'café'],
    ['ends its lines in one way', 'a\r\nb\rc\nd\u0085e\u2028f\u2029g', 'a\nb\nc\nd\ne\nf\ng'],
    ['holds no NUL and no other control', 'a\0b\u0007c\u001bd\u007fe\u009ff', 'abcdef'],
    ['keeps tabs and spaces', '\ta  b\u00a0c ', '\ta  b\u00a0c '],
    ['replaces half of a pair', 'a\ud83db', 'a\ufffdb'],
    ['keeps whole pairs', 'a👩‍👧b', 'a👩‍👧b'],
    ['holds nothing that turns the text around it', 'a\u202eb\u202c\u2066c\u2069d', 'abcd'],
    [
      'keeps the marks that Hebrew and Arabic writers type',
      'שלום!\u200f \u200eabc \u061c',
      'שלום!\u200f \u200eabc \u061c',
    ],
    ['keeps joiners inside words', 'می\u200cخواهم', 'می\u200cخواهم'],
    ['holds nothing that a feed cannot', '\ufeffa\ufffe\uffff', 'a'],
    ['composes across what was taken out', 'e\u0000\u0301', 'é'],
    ['keeps as many marks as any language writes', `o${'\u0323'.repeat(29)}`, `ọ${'\u0323'.repeat(28)}`],
    ['holds no piles of them', `b${'\u0301'.repeat(5000)}c`, `b${'\u0301'.repeat(30)}c`],
  ])('%s', (_what, text, expected) => {
    expect(normalise(text)).toBe(expected);
  });

  it('of half a megabyte of marks is made in a moment', () => {
    const text = `a${filled('\u0301\u0323', 90_000)}`;
    expect(leastMilliseconds(() => normalise(text))).toBeLessThan(patience);
  });

  it('does not change when it is stored again', () => {
    for (const text of randomTexts(2000)) {
      const once = normalise(text);
      expect(normalise(once)).toBe(once);
      expect(once.isWellFormed()).toBe(true);
      const line = normaliseLine(text);
      expect(normaliseLine(line)).toBe(line);
      expect(line).not.toMatch(/^\s|\s$|\s\s|[\t\n]/);
    }
  });
});

describe('a line', () => {
  it.each([
    ['has single spaces', '  a \n\t b\u3000c ', 'a b c'],
    ['is empty when it shows nothing', '\u200b\u2060 \u00ad\u3164\ufe0f\u2800', ''],
    ['is not empty when it shows a sign', '?', '?'],
    ['may be an emoji', '👩‍👧', '👩‍👧'],
  ])('%s', (_what, text, expected) => {
    expect(normaliseLine(text)).toBe(expected);
  });
});

describe('an excerpt', () => {
  const excerpt = (html: string, length: number) => excerptOf(trustStored(html), length);

  it.each([
    ['is the text itself when that is short', '<p>All of it.</p>', 20, 'All of it.'],
    ['ends after a whole word', '<p>Some words are longer than others</p>', 20, 'Some words are…'],
    ['leaves no comma before the ellipsis', '<p>One, two, three, four</p>', 11, 'One, two…'],
    ['sets paragraphs and lines apart', '<p>a<br>b</p><ul><li>c</li></ul>', 20, 'a b c'],
    ['keeps words together that are partly marked', '<p>un<em>believ</em>able</p>', 20, 'unbelievable'],
    ['shows signs as signs', '<p>a &lt; b &amp;amp; "c"</p>', 30, 'a < b &amp; "c"'],
    [
      'passes over headings, listings and tables',
      '<h2 id="section-a">a</h2><pre><code>b</code></pre><table><tr><td>c</td></tr></table><p>d</p>',
      20,
      'd',
    ],
    ['takes a listing when there is nothing else', '<pre><code>a = b</code></pre>', 20, 'a = b'],
    ['cuts a word that is longer than it', `<p>${'a'.repeat(300)}</p>`, 5, 'aaaa…'],
    ['cuts no character in two', `<p>${'👩‍👧'.repeat(5)}</p>`, 12, '👩‍👧👩‍👧…'],
    ['cuts text without spaces between its words', '<p>日本語の文章は空白なしで書かれます。</p>', 8, '日本語の文章は…'],
    ['is empty for an image alone', '<p><img src="/a.png" alt="b"></p>', 20, ''],
  ])('%s', (_what, html, length, expected) => {
    expect(excerpt(html, length)).toBe(expected);
    expect(excerpt(html, length).length).toBeLessThanOrEqual(length);
  });
});
