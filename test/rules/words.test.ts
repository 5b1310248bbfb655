import { describe, expect, it } from '@jest/globals';
import { mostEntries } from '../../src/rules/pasted-list.ts';
import { compileWords, findWord, readWordList } from '../../src/rules/words.ts';
import { filled, hostileTexts, leastMilliseconds, patience } from './hostile-texts.ts';

const find = (entry: string, text: string) => findWord(compileWords([entry]), text);

describe('a word or phrase', () => {
  it.each([
    ['in any case', 'casino', 'The CASINO is open.'],
    ['in any case, in Russian', 'казино', 'Лучшее КАЗИНО!'],
    ['in look-alike letters', 'casino', 'Free саsіnо bonus'],
    ['in look-alike letters, in Russian', 'казино', 'кaзинo'],
    ['that was listed in look-alike letters', 'саsіnо', 'Free casino bonus'],
    ['with invisible characters', 'casino', 'c\u200bas\u2060ino'],
    ['between punctuation', 'casino', '«casino».'],
    ['in an address', 'casino', 'https://best-casino.example/'],
    ['beside an underscore', 'casino', 'best_casino_bonus'],
    ['before an apostrophe', 'casino', 'the casino’s bonus'],
    ['with an apostrophe', "don't", 'I don’t'],
    ['pointed, in Arabic', 'قمار', 'موقع قِمَار جديد'],
    ['in Hebrew', 'קזינו', 'בוא לקזינו? קזינו!'],
    ['in a text turned around', 'casino', '\u202ecasino\u202c'],
    ['over several words', 'buy now', 'Buy  now!'],
    ['over lines and signs', 'buy now', 'BUY —\n* 🔥 ** now'],
    ['anywhere in Chinese', '賭場', '歡迎來到賭場玩'],
    ['anywhere in Chinese, with something between', '賭場', '賭.場'],
    ['anywhere in Japanese', 'カジノ', '新しいｶｼﾞﾉです'],
    ['anywhere in Thai', 'คาสิโน', 'เว็บคาสิโนออนไลน์'],
    ['of two scripts', '線上casino', '最好的線上 Casino。'],
    ['in Korean', '도박', '온라인 도박!'],
    ['of emoji', '🎰', 'Win 🎰 big'],
    ['of emoji with words between', '🎰💰', '🎰 win 💰'],
    ['of emoji in another skin', '👉', '👉🏽 here'],
    ['of digits', '0800 123', 'Call 0800-123'],
    ['of one word, longest entry', 'x'.repeat(100), `An ${'X'.repeat(100)} here`],
  ])('is found %s', (_how, entry, text) => {
    expect(find(entry, text)).toBe(entry);
  });

  it.each([
    ['in a longer word', 'ass', 'Class assembles in the grass.'],
    ['in a longer word, in Russian', 'лох', 'Плохо.'],
    ['in a longer word, in Hebrew', 'זין', 'מגזין'],
    ['in a longer word, in Korean', '도박', '도박장'],
    ['in letters that only resemble it', 'fall', 'I fail.'],
    ['in digits for letters', 'casino', 'cas1no'],
    ['with other words between', 'buy now', 'Buy it now.'],
    ['the other way round', 'buy now', 'Now buy.'],
    ['in other Chinese characters', '賭場', '賭博'],
    ['with other characters between, in Chinese', '賭場', '賭大場'],
    ['with another tone, in Thai', 'คา', 'ค่า'],
    ['of emoji the other way round', '🎰💰', '💰🎰'],
    ['in nothing', 'casino', ''],
  ])('is not found %s', (_how, entry, text) => {
    expect(find(entry, text)).toBeUndefined();
  });
});

describe('a wildcard', () => {
  it.each([
    ['casino*', 'casinos'],
    ['casino*', 'casino'],
    ['казин*', 'КАЗИНОШКА'],
    ['*casino', 'onlinecasino'],
    ['*casino*', 'superCASINO777'],
    ['*קזינו*', 'בקזינואים'],
    ['c*o', 'casino'],
    ['c*s*o', 'casino'],
    ['*s*n*', 'casino'],
    ['＊casino', 'onlinecasino'],
    ['buy viag* now', 'Buy Viagra, now'],
    ['buy * now', 'buy this now'],
    ['* casino *', 'casino'],
    ['賭*場', '賭大場'],
    ['*賭場*', '大賭場主'],
    ['b*y now*', 'We buuuy — nowadays'],
  ])('%s fits “%s”', (entry, text) => {
    expect(find(entry, text)).toBe(entry);
  });

  it.each([
    ['casino*', 'onlinecasino'],
    ['*casino', 'casinos'],
    ['*casino*', 'cas ino'],
    ['казин*', 'показина'],
    ['c*o', 'casinos'],
    ['ca*as', 'cas'],
    ['c*s*s*o', 'casino'],
    ['*ab*ba*', 'aba'],
    ['ca*s*so', 'caso'],
    ['buy viag* now', 'buy viagra right now'],
    ['buy * now', 'buy now'],
    ['賭*場', '賭場'],
  ])('%s does not fit “%s”', (entry, text) => {
    expect(find(entry, text)).toBeUndefined();
  });
});

describe('a list of words', () => {
  it('is read from lines, without comments, blank lines and repetitions', () => {
    const text = '# Gambling\r\ncasino\n\n  online   casino \n\u200b\nказино\r賭場\ncasino\n*porn*\n🎰';
    expect(readWordList(text)).toEqual({
      entries: ['casino', 'online casino', 'казино', '賭場', '*porn*', '🎰'],
      problems: [],
    });
  });

  it.each([
    ['too long', 'too_long', `a ${'b'.repeat(99)}`],
    ['too long, in Chinese', 'too_long', '賭'.repeat(101)],
    ['without a word', 'no_word', '— … !'],
    ['with nothing but wildcards', 'no_word', '* **'],
    ['found nearly everywhere', 'too_wide', 'a*'],
    ['found nearly everywhere, in Russian', 'too_wide', '*я*'],
    ['found nearly everywhere, by two words', 'too_wide', 'a* *b'],
  ])('says which line is %s', (_what, kind, line) => {
    const { entries, problems } = readWordList(`casino\n${line}\nказино`);
    expect(entries).toEqual(['casino', 'казино']);
    expect(problems).toEqual([{ line: 2, kind, text: [...line].slice(0, 60).join('') }]);
  });

  it('has 10,000 entries at most', () => {
    const lines = Array.from({ length: mostEntries + 5 }, (_, index) => `word${index}`);
    const { entries, problems } = readWordList(['# words', ...lines].join('\n'));
    expect(entries).toHaveLength(mostEntries);
    expect(problems).toEqual([{ line: mostEntries + 2, kind: 'too_many', text: `word${mostEntries}` }]);
  });

  it('is not told apart line by line where it is no list', () => {
    expect(readWordList('!\n'.repeat(500)).problems).toHaveLength(20);
  });

  it('names the entry that was found, as it was written', () => {
    const entries = ['Best Casino', 'КАЗИНО', '*Poker*', '賭場', 'best'];
    const matcher = compileWords(entries);
    for (const entry of entries) expect(findWord(matcher, `so ${entry} it`)).toBe(entry);
    expect(findWord(matcher, 'Nothing of that.')).toBeUndefined();
  });

  it('is found whole when many entries begin alike', () => {
    const entries = Array.from({ length: 50 }, (_, index) => `buy cheap thing${index}`);
    const matcher = compileWords([...entries, 'buy cheap']);
    expect(findWord(compileWords(entries), 'Buy cheap thing49, and soon')).toBe('buy cheap thing49');
    expect(findWord(matcher, 'buy cheap things')).toBe('buy cheap');
    expect(findWord(compileWords(entries), 'buy cheap thing')).toBeUndefined();
  });
});

/** Words that nobody writes: of three letters of the alphabet and a number, in two scripts. */
const manyWords = Array.from({ length: 10_000 }, (_, index) => {
  const word = index % 2 ? `zq${index}xj` : `щъ${index}ьэ`;
  return [word, `${word}*`, `*${word}`, `*${word}*`, `the ${word}`, `the buy ${word}*`, `賭${index}場`][
    index % 7
  ] as string;
});

describe('10,000 entries', () => {
  const matcher = compileWords(manyWords);
  const texts = [
    ['English prose', filled('It was the best of times, it was the worst of times, it was the age of wisdom; ')],
    ['Russian prose', filled('Все счастливые семьи похожи друг на друга, каждая несчастлива по-своему. ')],
    ['Chinese prose', filled('學而時習之，不亦說乎？有朋自遠方來，不亦樂乎？')],
    ...hostileTexts,
  ] as const;

  it.each(texts)('do not keep a text of 10,000 characters long: %s', (_what, text) => {
    expect(findWord(matcher, text)).toBeUndefined();
    expect(leastMilliseconds(() => findWord(matcher, text))).toBeLessThan(patience);
  });

  it('that all fit the same text nearly do not keep it long either', () => {
    const nearly = Array.from({ length: 10_000 }, (_, index) => `${filled('a ', 20 + (index % 70))}b${index}`);
    const inside = Array.from({ length: 50 }, (_, index) => `*${'a'.repeat(20 + index)}b*`);
    const cut = Array.from({ length: 50 }, (_, index) => `*a*${'a'.repeat(20 + index)}*b`);
    for (const [entries, text] of [
      [nearly, filled('a ')],
      [inside, filled('a')],
      [cut, filled('a')],
    ] as const) {
      const matcher = compileWords(entries);
      expect(findWord(matcher, text)).toBeUndefined();
      expect(leastMilliseconds(() => findWord(matcher, text))).toBeLessThan(patience);
    }
  });
});
