import { type GoodTexts, goodTexts, type Language } from './good-texts.ts';
import type { MadeComment, MadeSite } from './made-comment.ts';
import { choose, chooseByShare } from './random.ts';
import { spin } from './spin.ts';

interface Person extends Pick<MadeComment, 'browser' | 'networkHash' | 'name' | 'website'> {
  readonly texts: GoodTexts;
}

type Written = Omit<MadeComment, 'label' | 'post' | 'at'>;

const kinds = [
  { kind: 'thanks', share: 0.2 },
  { kind: 'question', share: 0.25 },
  { kind: 'remark', share: 0.35 },
  { kind: 'argument', share: 0.1 },
  { kind: 'quoting', share: 0.1 },
] as const;

/** What people write, one after the other: half of them have been here before. */
export function createGoodWriter(random: () => number, site: MadeSite): () => Written {
  const people: Person[] = [];
  const shared = Array.from({ length: 5 }, site.nextNetwork);
  const quotable = new Map<GoodTexts, readonly string[]>();
  const nextPerson = (): Person => {
    const { texts } = chooseByShare(random, goodTexts);
    const person = {
      texts,
      browser: site.nextBrowser(),
      networkHash: random() < 0.1 ? choose(random, shared) : site.nextNetwork(),
      name: choose(random, texts.names),
      website: random() < 0.1 ? `https://${hostOf(random)}/` : '',
    };
    people.push(person);
    return person;
  };
  return () => {
    const { texts, ...person } = people.length > 0 && random() < 0.5 ? choose(random, people) : nextPerson();
    // Posts say what they say: a sentence is quoted as it stands, and some are quoted by many.
    if (!quotable.has(texts))
      quotable.set(
        texts,
        Array.from({ length: 60 }, () => spin(random, choose(random, texts.quotable))),
      );
    const quoted = () => quotable.get(texts)?.[Math.floor(random() ** 2 * 60)] ?? '';
    const { kind } = chooseByShare(random, kinds);
    return {
      ...person,
      kind,
      body: makeOdd(random, write(random, { kind, texts, quoted })),
      topic: '',
      seconds: random() < 0.7 ? String(10 + Math.floor(180 ** random() * 10)) : '',
    };
  };
}

function write(
  random: () => number,
  { kind, texts, quoted }: { kind: (typeof kinds)[number]['kind']; texts: GoodTexts; quoted: () => string },
): string {
  const sentence = () => remarkOf(random, texts);
  const question = () => inPassing(random, choose(random, texts.questions), texts);
  const sentences = (least: number, most: number) =>
    Array.from({ length: least + Math.floor(random() * (most - least + 1)) }, sentence).join(' ');
  const links = (count: number) =>
    Array.from(
      { length: count },
      () => `${sentenceOf(random, choose(random, texts.links))}https://${hostOf(random)}/${Math.floor(random() * 900)}`,
    ).join(' ');
  switch (kind) {
    case 'thanks':
      return spin(random, choose(random, texts.thanks));
    case 'question':
      return random() < 0.4 ? `${sentence()} ${question()}` : question();
    case 'remark':
      return random() < 0.08 ? `${sentences(2, 3)} ${links(1)}` : sentences(2, 3);
    case 'argument': {
      const count = random() < 0.05 ? 4 : random() < 0.33 ? 1 + Math.floor(random() * 2) : 0;
      return (
        [sentences(2, 4), sentences(2, 4), random() < 0.5 ? question() : links(count)].join('\n\n') +
        (random() < 0.5 ? '' : `\n\n${links(count)}`)
      );
    }
    case 'quoting':
      return `> ${quoted()}\n\n${sentenceOf(random, choose(random, texts.answers))}${random() < 0.5 ? ` ${sentence()}` : ''}`;
  }
}

/** Writes a sentence as people do, in this language. */
export function writeRemark(random: () => number, language: Language): string {
  const { texts } = goodTexts.find((each) => each.texts.language === language) as (typeof goodTexts)[number];
  return remarkOf(random, texts);
}

function remarkOf(random: () => number, texts: GoodTexts): string {
  return inPassing(random, choose(random, texts.remarks), texts);
}

// Two of three sentences begin or end in somebody's own way.
function inPassing(random: () => number, text: string, { openings, asides }: GoodTexts): string {
  const way = random();
  const opened = way < 0.4 ? `${choose(random, openings)}${random() < 0.5 ? ': ' : ', '}${text}` : text;
  const ended =
    way > 0.25 && way < 0.75 ? opened.replace(/[.?]$/, (end) => ` (${choose(random, asides)})${end}`) : opened;
  return sentenceOf(random, ended);
}

function sentenceOf(random: () => number, text: string): string {
  const spun = spin(random, text);
  return `${spun.charAt(0).toUpperCase()}${spun.slice(1)}`;
}

// One of fifty has what people do to a text, without a thought of disguise.
function makeOdd(random: () => number, text: string): string {
  if (random() >= 0.02) return text;
  const words = text.split(' ');
  const at = Math.floor(random() * words.length);
  const change = (to: (word: string) => string) => words.with(at, to(words[at] as string)).join(' ');
  return choose(random, [
    () => text.toUpperCase(),
    // The keyboard was set wrong for one letter that looks the same.
    () => change((word) => word.replace('с', 'c').replace('o', 'о')),
    () => change((word) => `${word.slice(0, 3)}\u00ad${word.slice(3)}`),
    () => change((word) => `${word.slice(0, 3)}\u200b${word.slice(3)}`),
    () => `${text} 👩‍🌾🏳️‍🌈`,
  ])();
}

function hostOf(random: () => number): string {
  return `${choose(random, 'blog|www|home|wiki|photos'.split('|'))}.${choose(random, 'ada|bruno|castro|duval|eriksen|grau|hanno|ito|jansen|kaya|lind|moreau|novak|okafor'.split('|'))}${Math.floor(random() * 300)}.example`;
}
