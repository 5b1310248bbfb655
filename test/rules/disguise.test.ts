import { describe, expect, it, test } from '@jest/globals';
import { countDisguised } from '../../src/rules/disguise.ts';
import { hostileTexts, leastMilliseconds, patience } from './hostile-texts.ts';

describe('Words that hide what they say', () => {
  it.each<[string, string, number]>([
    ['Cyrillic letters in Latin words', 'Best cаsіnо and vіаgrа, cheap', 2],
    ['Latin letters in Cyrillic words', 'Лучшее кaзинo и виaгpa', 2],
    ['Greek letters in Latin words', 'free bοnuς and cαsinο', 2],
    ['what cannot be seen between Latin letters', 'c\u200ba\u200bs\u200bi\u200bn\u200bo', 1],
    ['what cannot be seen between Cyrillic and Hebrew letters', 'к\u2060а\u2060зино ק\u200dז\u200dינו', 2],
  ])('are found by %s', (_by, text, count) => {
    expect(countDisguised(text)).toBe(count);
  });

  it.each<[string, string]>([
    ['a word with an ending of another script', 'Пришли PDFку, email’ом или SMSкой, я SEOшник'],
    ['two scripts side by side', 'Wi-Fi роутер, C-вызов, T-образный'],
    ['Ukrainian without its letter on the keyboard', 'вiн зробив цe для Українi i всiх'.replace('цe', 'це')],
    ['a language of the Caucasus with an I for its own letter', 'хIума, дIабахийтина, гIалгIай, кIезиг'],
    ['signs of mathematics', 'xΔy + αx = 2πr, aαb'],
    ['Persian, whose spelling has joiners', 'می\u200cخواهم کتاب\u200cهای خانه\u200cمان را به\u200cزودی بخوانم'],
    ['Hindi with joiners', 'क्\u200dष र्\u200dय श्री\u200cमान'],
    ['Thai with spaces of no width', 'ฉัน\u200bชอบ\u200bกิน\u200bข้าว'],
    ['joined emoji', '👩\u200d🌾👨\u200d👩\u200d👧 good'],
    ['soft hyphens of a page', 'Do\u00adnau\u00addampf\u00adschiff\u00adfahrt'],
    ['one invisible character that came along', 'some\u200bIdentifier and other\ufeffThing'],
    ['accents', 'naïve Zoë, Ångström, čeština, Việt Nam'],
    ['Hebrew with points', 'שָׁלוֹם לְכֻלָּם'],
  ])('are not %s', (_what, text) => {
    expect(countDisguised(text)).toBe(0);
  });

  test.each(hostileTexts)('are looked for within a moment in %s', (_what, text) => {
    expect(leastMilliseconds(() => countDisguised(text))).toBeLessThan(patience);
  });
});
