import { describe, expect, it } from '@jest/globals';
import { foldText } from '../../src/text/fold.ts';
import { hostileTexts, leastMilliseconds, patience } from '../rules/hostile-texts.ts';
import { randomTexts } from './random-text.ts';

describe('a folded text', () => {
  it.each([
    ['in capitals', 'casino', 'CASINO'],
    ['in Cyrillic capitals', 'казино', 'КАЗИНО'],
    ['in Greek capitals', 'καζίνο φως', 'ΚΑΖΙΝΟ ΦΩΣ'],
    ['in German capitals', 'Straße', 'STRASSE'],
    ['in Turkish capitals', 'istanbul', 'İSTANBUL'],
    ['with Cyrillic letters', 'casino', 'саsіnо'],
    ['with Greek letters', 'hot', 'Ηοτ'],
    ['with Latin letters in Cyrillic', 'казино', 'кaзинo'],
    ['with Cherokee letters', 'laser', 'ᏞᎪᏚᎬᎡ'],
    ['in full width', 'casino', 'ｃａｓｉｎｏ'],
    ['in mathematical letters', 'casino', '𝓬𝕒𝖘𝙞𝚗𝐨'],
    ['in small capitals', 'casino', 'ᴄᴀꜱɪɴᴏ'],
    ['in circles and squares', 'casino', 'ⓒ🅐🆂🅘🅝🅾'],
    ['in half width', 'カジノ', 'ｶｼﾞﾉ'],
    ['with marks', 'casino', 'çǎṡïńő'],
    ['with marks on Cyrillic letters', 'казино', 'ка́зи̂нӧ'],
    ['with a pile of marks', 'casino', `ca${'\u0301\u0323'.repeat(50)}sino`],
    ['with strokes', 'lodz', 'łøđz'],
    ['with zero-width characters', 'casino', 'ca\u200bs\u200di\u2060n\ufeffo'],
    ['with soft hyphens and variation selectors', 'casino', 'ca\u00adsi\ufe0fno'],
    ['with bidi characters', 'casino', '\u202eca\u200fsi\u2067no'],
    ['with modifier letters', 'casino', 'casʹinoˌ'],
    ['with other apostrophes', "don't п'ять", 'don’t пʼять'],
    ['with е for ё', 'ещё', 'еще'],
    ['pointed, in Arabic', 'قمار', 'قِمَارٌ'],
    ['stretched, in Arabic', 'قمار', 'قمـــار'],
    ['on another keyboard, in Arabic', 'علي كبير', 'علی کبیر'],
    ['in Arabic presentation forms', 'قمار', 'ﻗﻤﺎﺭ'],
    ['pointed, in Hebrew', 'שלום', 'שָׁלוֹם'],
    ['in pieces, in Korean', '도박', '도박'.normalize('NFD')],
  ])('is the same when written %s', (_how, one, other) => {
    expect(foldText(other)).toBe(foldText(one));
  });

  it.each([
    ['digits for letters', 'casino', 'cas1n0'],
    ['letters that only resemble each other', 'mail', 'mall'],
    ['й and и', 'мой', 'мои'],
    ['ў and у', 'ўзбек', 'узбек'],
    ['signs that are letters, in Hindi', 'किरण', 'करण'],
    ['signs that are letters, in Thai', 'ค่า', 'คา'],
    ['voiced letters, in Japanese', 'ガス', 'カス'],
    ['an alef and one with hamza', 'أمر', 'امر'],
    ['other characters, in Chinese', '賭場', '賭博'],
  ])('tells %s apart', (_what, one, other) => {
    expect(foldText(one)).not.toBe(foldText(other));
  });

  it('keeps spaces, punctuation, digits and emoji', () => {
    expect(foldText('“ÉTÉ” — 100 %,\nça va? 🎰')).toBe('“ete” — 100 %,\nca va? 🎰');
  });

  it('does not become much longer than it was', () => {
    for (const [, text] of hostileTexts) expect(foldText(text).length).toBeLessThanOrEqual(4 * text.length);
    expect(foldText('محمد ﷺ قال')).toBe('محمد   قال');
  });

  it('does not change when it is folded again', () => {
    for (const text of randomTexts(2000)) {
      const once = foldText(text);
      expect(foldText(once)).toBe(once);
    }
  });
});

describe('folding 10,000 hostile characters', () => {
  it.each(hostileTexts)('takes a moment: %s', (_what, text) => {
    expect(leastMilliseconds(() => foldText(text))).toBeLessThan(patience);
  });
});
