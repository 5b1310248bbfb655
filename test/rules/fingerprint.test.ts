import { describe, expect, it } from '@jest/globals';
import { agreeing, agreementOf, type Fingerprint, fingerprintOf } from '../../src/rules/fingerprint.ts';
import { hostileTexts, leastMilliseconds, patience } from './hostile-texts.ts';

const spam =
  'Hello everybody, I have found a wonderful new doctor who cured my husband within three weeks; write to him and tell him your problem.';
const russian =
  'Здравствуйте! Я уже третий месяц зарабатываю дома по две тысячи рублей в день, вкладывать ничего не нужно, пишите мне прямо сейчас.';
const hebrew =
  'שלום לכולם, מצאתי רופא נפלא שריפא את בעלי תוך שלושה שבועות בלבד, כתבו לו וספרו לו על הבעיה שלכם והוא יעזור לכם מיד.';
const chinese =
  '大家好，我最近在網上找到一個很好的賺錢方法，每天只要花兩個小時就可以輕鬆賺到三千元，有興趣的朋友請馬上加我。';

const printOf = (text: string) => fingerprintOf(text) as Fingerprint;
const saySame = (one: string, other: string) => printOf(one).exact.equals(printOf(other).exact);
const sayNearly = (one: string, other: string) => agreementOf(printOf(one), printOf(other)) >= agreeing;
const wouldMeet = (one: string, other: string) => {
  const bands = printOf(other).near?.bands ?? [];
  return printOf(one).near?.bands.some((band, index) => band === bands[index]) === true;
};

describe('two texts', () => {
  it.each([
    ['in another case', spam, spam.toUpperCase()],
    ['with other spaces and punctuation', spam, `  ${spam.replaceAll(' ', '\n ').replace(',', ' —')} !!! `],
    ['in look-alike letters', spam, spam.replaceAll('o', 'о').replaceAll('e', 'е')],
    ['with invisible characters', russian, russian.replaceAll('а', 'а\u200b')],
    ['in another case, in Russian', russian, russian.toUpperCase()],
    ['pointed, in Hebrew', hebrew, hebrew.replaceAll('ש', 'שׁ')],
    ['with other punctuation, in Chinese', chinese, chinese.replaceAll('，', ' ')],
  ])('say the same %s', (_how, one, other) => {
    expect(saySame(one, other)).toBe(true);
    expect(sayNearly(one, other)).toBe(false);
  });

  it.each([
    ['with another greeting', spam, spam.replace('Hello everybody', 'Good morning')],
    ['with a number at the end', spam, `${spam} 4711`],
    ['with a word in the middle', spam, spam.replace('wonderful', 'fantastic')],
    ['with two other words', spam, spam.replace('husband', 'sister').replace('three', 'nine')],
    ['with a name, in Russian', russian, russian.replace('Здравствуйте', 'Здравствуйте, Марина')],
    ['with another number, in Russian', russian, russian.replace('третий', 'пятый')],
    ['with another word, in Hebrew', hebrew, hebrew.replace('נפלא', 'מצוין')],
    [
      'with links that lead elsewhere on one host',
      'best price https://a-b.example/one1 click https://a-b.example/two2 see also https://a-b.example/three3 order https://a-b.example/four4',
      'see also https://a-b.example/five?5 best price https://a-b.example/six6 click https://a-b.example/seven order https://a-b.example/8',
    ],
    ['with other numbers, in Chinese', chinese, chinese.replace('兩個', '五個').replace('三千', '八千')],
  ])('say nearly the same %s', (_how, one, other) => {
    expect(saySame(one, other)).toBe(false);
    expect(sayNearly(one, other)).toBe(true);
    expect(wouldMeet(one, other)).toBe(true);
  });

  it.each([
    [
      'on the same subject',
      'I have been to that doctor with my husband, and it took much longer than three weeks until he was well again.',
    ],
    [
      'in the same words',
      'Problem: my husband wrote to a new doctor, and within weeks everybody had found him wonderful, and cured. Hello, I tell you!',
    ],
    ['in Russian', russian],
    ['in Hebrew', hebrew],
    ['in Chinese', chinese],
  ])('say something else %s', (_how, other) => {
    expect(saySame(spam, other)).toBe(false);
    expect(sayNearly(spam, other)).toBe(false);
  });

  it.each([
    ['English', spam],
    ['Russian', russian],
    ['Hebrew', hebrew],
  ])(
    'of a wave that changes two words each time meet one of eight that came before, nearly always: %s',
    (_in, text) => {
      const words = text.split(' ');
      const changed = (first: number) => (word: string, at: number) =>
        at === first || at === (first * 7 + 3) % words.length ? `x${first}` : word;
      const wave = words.map((_word, first) => words.map(changed(first)).join(' '));
      const later = [...wave.keys()].slice(8);
      const met = later.filter((at) => wave.slice(at - 8, at).some((other) => wouldMeet(wave[at] as string, other)));
      expect(met.length / later.length).toBeGreaterThan(0.85);
    },
  );

  it('of which one quotes the other in a long answer say something else', () => {
    const answer =
      'This is spam, and nobody should write to them. The same was posted under my own articles last week, every hour, until I held comments for a day.';
    expect(sayNearly(spam, `${spam.slice(0, 60)} … ${answer}`)).toBe(false);
  });
});

describe('a quotation', () => {
  const quoted = `> ${spam}\n> ${spam}\n\n`;

  it('is no matter: many quote the same, and say something else about it', () => {
    expect(fingerprintOf(`${quoted}Exactly.`)).toBeUndefined();
    expect(fingerprintOf(quoted)).toBeUndefined();
    const answer = 'I asked three neighbours of mine about that, and not one of them would agree with a word of it.';
    expect(saySame(`${quoted}${answer}`, answer)).toBe(true);
  });

  it('counts where it leads somewhere', () => {
    expect(saySame(`> ${spam} https://a.example\n\n${spam}`, spam)).toBe(false);
  });
});

describe('a short text', () => {
  it.each([
    'Thank you!',
    'Thank you for this great post!',
    'I could not agree more.',
    'Спасибо за статью!',
    'Большое спасибо, очень полезно.',
    'תודה רבה על הפוסט!',
    '謝謝分享，寫得很好！',
    '👍👍👍',
    '…',
    '',
  ])('that many people write is nobody’s copy: %s', (text) => {
    expect(fingerprintOf(text)).toBeUndefined();
  });

  it.each([
    ['has an address', 'Buy here: https://pills.example'],
    ['has an address without a scheme', 'Сюда: www.казино.example'],
    ['is longer', 'Buy the best pills of the whole wide world'],
    ['is longer, in Russian', 'Лучшие таблетки во всём мире по самой низкой цене'],
    ['is longer, in Hebrew', 'הכדורים הטובים ביותר בעולם במחיר הנמוך ביותר היום'],
    ['is longer, in Chinese', '全世界最好的藥丸現在就買最低價格'],
  ])('can be a copy, but no near one, if it %s', (_what, text) => {
    expect(fingerprintOf(text)).toEqual({ exact: expect.any(Buffer), length: expect.any(Number), near: undefined });
    expect(fingerprintOf(text)?.exact).toHaveLength(16);
  });
});

describe('a fingerprint', () => {
  it('is the same tomorrow: those that are stored were made by earlier processes', () => {
    const { exact, near } = printOf('one two three four five six seven eight nine ten eleven twelve 13 14 15 16');
    expect(exact.toString('hex')).toBe('2e7ac29f43f0e4a58aae54bfac8dbe4a');
    expect(near?.bands).toEqual([-454835565, 1515360024, 484445912, 260396571]);
  });

  it.each([['spam', spam], ['Russian', russian], ['Chinese', chinese.repeat(150)], ...hostileTexts] as const)(
    'has numbers that the table takes, and is made in a moment: %s',
    (_what, text) => {
      const near = fingerprintOf(text)?.near;
      for (const minimum of near?.minima ?? []) expect(minimum).toBe(new Int16Array([minimum])[0]);
      for (const band of near?.bands ?? []) expect(band).toBe(new Int32Array([band])[0]);
      expect(leastMilliseconds(() => fingerprintOf(text))).toBeLessThan(patience);
    },
  );
});
