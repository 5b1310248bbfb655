import { writeRemark } from './good-comments.ts';
import type { MadeComment, MadeSite } from './made-comment.ts';
import { choose, chooseByShare } from './random.ts';
import { type SpamTexts, spamTexts } from './spam-texts.ts';
import { spin, unevenly } from './spin.ts';

const minute = 60_000;
const day = 86_400_000;

/** The kinds of spam, with their shares of all spam and the least and most comments of one campaign. */
export const campaignKinds = [
  { kind: 'wave', share: 0.35, least: 6, most: 400 },
  { kind: 'near', share: 0.35, least: 6, most: 400 },
  { kind: 'links', share: 0.12, least: 3, most: 100 },
  { kind: 'disguised', share: 0.1, least: 3, most: 60 },
  { kind: 'spun', share: 0.05, least: 3, most: 60 },
  { kind: 'by-hand', share: 0.03, least: 1, most: 1 },
] as const;

type CampaignKind = (typeof campaignKinds)[number]['kind'];

/** Makes the comments of one campaign. */
export function addCampaign(
  random: () => number,
  { kind, site }: { kind: CampaignKind; site: MadeSite },
): MadeComment[] {
  const { least, most } = campaignKinds.find((each) => each.kind === kind) as (typeof campaignKinds)[number];
  const { texts } = chooseByShare(random, spamTexts);
  const host = `${wordOf(random)}-${wordOf(random)}.example`;
  const body = writerOf(random, { kind, texts, host });
  const byHand = kind === 'by-hand';
  const fillsAll = !byHand && random() < 1 / 3;
  const nameIsHost = !byHand && random() < 0.1;
  const hasWebsite = random() < 0.5;
  const nextSender = sendersOf(random, site);
  const length = 20 * minute * 216 ** random();
  const begins = site.begins.getTime() + random() * Math.max(0, site.days * day - length);
  return Array.from({ length: unevenly(random, least, most) }, () => ({
    ...nextSender(),
    label: 'spam' as const,
    kind,
    post: Math.floor(random() * site.posts),
    name: nameIsHost ? host : choose(random, texts.names),
    website: hasWebsite ? `https://${host}/` : '',
    body: body(),
    topic: fillsAll ? choose(random, texts.names) : '',
    seconds: byHand ? String(20 + Math.floor(random() * 300)) : '',
    at: new Date(begins + random() * length),
  }));
}

// A third has a new network for each comment, a third some networks, and a third keeps browser and network for a while.
function sendersOf(random: () => number, site: MadeSite): () => Pick<MadeComment, 'browser' | 'networkHash'> {
  const way = random();
  const next = () => ({ browser: site.nextBrowser(), networkHash: site.nextNetwork() });
  if (way < 1 / 3) return next;
  if (way < 2 / 3) {
    const networks = Array.from({ length: 3 + Math.floor(random() * 38) }, site.nextNetwork);
    return () => ({ browser: site.nextBrowser(), networkHash: choose(random, networks) });
  }
  let [sender, left] = [next(), 0];
  return () => {
    if (left === 0) [sender, left] = [next(), 1 + Math.floor(random() * 8)];
    left -= 1;
    return sender;
  };
}

function writerOf(
  random: () => number,
  { kind, texts, host }: { kind: CampaignKind; texts: SpamTexts; host: string },
): () => string {
  const link = random() < 0.6 ? ` https://${host}/${wordOf(random)}` : '';
  const pitches = some(random, texts.pitches, 2 + Math.floor(random() * 3));
  const text = pitches.map((pitch) => spin(random, pitch)).join(' ');
  const greeting = choose(random, texts.greetings);
  switch (kind) {
    case 'wave':
      return () => `${greeting}! ${text}${link}`;
    case 'near':
      return () => `${vary(random, text, texts)}${link}`;
    case 'links':
      return () =>
        Array.from(
          { length: 3 + Math.floor(random() * 6) },
          () => `${choose(random, texts.calls)} https://${host}/${wordOf(random)}${Math.floor(random() * 10_000)}`,
        ).join(random() < 0.5 ? '\n' : ' ');
    case 'disguised': {
      const disguise = disguiseOf(random);
      const goods = some(random, texts.goods, 2);
      return () => `${vary(random, text, texts)} ${goods.map(disguise).join(', ')}!${link}`;
    }
    case 'spun':
      return () =>
        `${choose(random, texts.greetings)}, ${some(random, pitches, pitches.length)
          .map((pitch) => spin(random, pitch))
          .join(' ')}${link}`;
    case 'by-hand':
      return () => `${writeRemark(random, texts.language)} ${spin(random, choose(random, texts.byHand)).trim()}${link}`;
  }
}

// Another greeting and number, and one to four words changed.
function vary(random: () => number, text: string, { greetings, praise }: SpamTexts): string {
  const words = text.replace(/\d+/, String(100 + Math.floor(random() * 5_000))).split(' ');
  for (let changes = 1 + Math.floor(random() * 4); changes > 0; changes -= 1)
    words[Math.floor(random() * words.length)] = choose(random, praise);
  return `${choose(random, greetings)}, ${words.join(' ')}`;
}

// Latin letters and those of Cyrillic that look like them, each for the other.
const twins = 'aа eе oо cс pр xх iі'.split(' ').map((pair) => [pair.charAt(0), pair.charAt(1)] as const);
const looksLike = new Map(twins.flatMap(([one, other]) => [[one, other] as const, [other, one] as const]));

function disguiseOf(random: () => number): (goods: string) => string {
  const way = Math.floor(random() * 3);
  if (way === 0)
    return (goods) =>
      [...goods].map((letter) => (random() < 0.7 ? (looksLike.get(letter) ?? letter) : letter)).join('');
  if (way === 1) return (goods) => [...goods].join(choose(random, ['\u200b', '\u200c', '\u2060']));
  return (goods) => [...goods].join(' ');
}

function some<Value>(random: () => number, values: readonly Value[], count: number): Value[] {
  const left = [...values];
  return Array.from({ length: Math.min(count, left.length) }, () =>
    left.splice(Math.floor(random() * left.length), 1),
  ).flat();
}

const syllables = 'ba de fi go hu ka le mi no pu ra se ti vo wu za'.split(' ');

function wordOf(random: () => number): string {
  return Array.from({ length: 2 + Math.floor(random() * 2) }, () => choose(random, syllables)).join('');
}
