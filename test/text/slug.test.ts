import { describe, expect, it } from '@jest/globals';
import { slugify } from '../../src/text/slug.ts';
import { randomTexts } from './random-text.ts';

describe('a slug', () => {
  it.each([
    ['Lacking leadership', 'lacking-leadership'],
    ["  What’s new? — Don't ask! ", 'whats-new-dont-ask'],
    ['Übergrößen & Ærø, Łódź, Þór', 'ubergrossen-aero-lodz-thor'],
    ['İstanbul ILICA ılıca', 'istanbul-ilica-ilica'],
    ['Ｆｕｌｌ ① ﬁne ½', 'full-1-fine-1-2'],
    ['Ελληνικά ΟΔΟΣ', 'ελληνικά-οδος'],
    ['Йод и ёж', 'йод-и-ёж'],
    ['東京のガイド 2026', '東京のガイド-2026'],
    ['हिन्दी में', 'हिन्दी-में'],
    ['한국어', '한국어'],
    ['../../etc/passwd?a=b#c', 'etc-passwd-a-b-c'],
    ['a\0b\ud83d', 'a-b'],
    ['--a__b--', 'a-b'],
  ])('of %j is %j', (title, slug) => {
    expect(slugify(title)).toBe(slug);
  });

  it.each([[''], ['…'], ['👩‍👧'], ['\u0301'], ['- - -']])('is not found in %j', (title) => {
    expect(slugify(title)).toBeUndefined();
  });

  it('ends after a word within 80 characters', () => {
    expect(slugify('word '.repeat(40))).toBe(`${'word-'.repeat(15)}word`);
    expect(slugify('a'.repeat(300))).toBe('a'.repeat(80));
    expect(slugify(`𝒳 ${'𐐷'.repeat(100)}`)).toBe('x');
    expect(slugify('𐐷'.repeat(100))).toBe('𐐷'.repeat(80));
  });

  it('needs no second look', () => {
    let found = 0;
    for (const text of randomTexts(3000)) {
      const slug = slugify(text);
      if (slug === undefined) continue;
      found += 1;
      expect(slugify(slug)).toBe(slug);
      expect(slug).toMatch(/^[\p{L}\p{N}\p{M}]+(?:-[\p{L}\p{N}\p{M}]+)*$/u);
      expect([...slug].length).toBeLessThanOrEqual(80);
      expect(decodeURIComponent(new URL(`https://site.example/posts/${slug}`).pathname)).toBe(`/posts/${slug}`);
    }
    expect(found).toBeGreaterThan(1000);
  });
});
