import { foldText } from '../text/fold.ts';

/** What a comment says, as far as it is learned from: not who wrote it. */
export interface Written {
  /** Only its form counts: nobody is judged by what they are called. */
  readonly name: string;
  readonly website: string | null;
  readonly source: string;
  readonly sourceFormat: 'markdown' | 'html';
}

/** What is said of the form of a comment. */
export const formFacts = [
  'no_links',
  'one_link',
  'two_links',
  'some_links',
  'many_links',
  'website',
  'no_website',
  'no_name',
  'address_as_name',
  'short',
  'middling',
  'long',
  'capitals',
  'endless_word',
  'invisible_characters',
  'mixed_scripts',
] as const;

/** One of them. */
export type FormFact = (typeof formFacts)[number];

/** Texts are read so far, and no comment has more features; a word has at most so many UTF-16 units. */
const most = { text: 20_000, folded: 30_000, features: 400, hosts: 40, word: 32 };

const words = /[\p{L}\p{N}\p{M}]+(?:'[\p{L}\p{M}]+)*/gu;
const unspaced = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;
const besideAddresses = /[\s<>()[\]{}"'“”‘’«»,;!|\\]+/u;
const otherScript = '[\\p{sc=Cyrillic}\\p{sc=Greek}]';
const mixed = new RegExp(`\\p{sc=Latin}${otherScript}|${otherScript}\\p{sc=Latin}`, 'u');

/**
 * What a comment is known by to the learner, each once: facts of its form (`form:…`), hosts that it names (`host:…`), its words
 * (`word:…`) and pairs of neighbours (`pair:… …`). Words are folded; where a script has no spaces, two characters make one.
 * The effort grows with the text and no faster, whatever it consists of, and there are 400 at most.
 */
export function featuresOf(written: Written): string[] {
  const text = withoutTags(written).slice(0, most.text).toWellFormed();
  const links = linksIn(`${written.source.slice(0, most.text)} ${written.website ?? ''}`);
  const found = new Set<string>();
  const folded = foldText(text.replace(/https?:\/\/\S*/gi, ' ')).slice(0, most.folded);
  for (const fact of factsOf({ written, text, linked: links.linked })) found.add(`form:${fact}`);
  for (const host of links.hosts) found.add(`host:${host}`);
  addWords(found, folded);
  return [...found];
}

// Markdown says it with the words, HTML beside them.
function withoutTags({ source, sourceFormat }: Written): string {
  if (sourceFormat === 'markdown') return source;
  return source
    .slice(0, most.text)
    .replace(/<[^<>]*>/g, ' ')
    .replace(/&#?\w{1,10};/g, ' ');
}

function factsOf({ written, text, linked }: { written: Written; text: string; linked: number }): FormFact[] {
  const { name, website } = written;
  const length = text.trim().length;
  const capitals = text.match(/\p{Lu}/gu)?.length ?? 0;
  const given: (FormFact | false)[] = [
    factOfLinks(linked),
    website ? 'website' : 'no_website',
    name.trim() === '' && 'no_name',
    linksIn(name).hosts.size > 0 && 'address_as_name',
    length < 40 ? 'short' : length < 600 ? 'middling' : 'long',
    capitals >= 10 && capitals * 2 > length && 'capitals',
    hasEndlessWord(text) && 'endless_word',
    /[\u00ad\u180e\u200b\u2060-\u2064]/.test(text) && 'invisible_characters',
    mixed.test(text) && 'mixed_scripts',
  ];
  return given.filter((fact) => fact !== false);
}

function factOfLinks(count: number): FormFact {
  if (count < 3) return (['no_links', 'one_link', 'two_links'] as const)[count] ?? 'no_links';
  return count < 6 ? 'some_links' : 'many_links';
}

// Addresses are long, and none of it.
function hasEndlessWord(text: string): boolean {
  return text.split(/\s+/).some((word) => word.length > 60 && !word.includes('/') && !unspaced.test(word));
}

/** The hosts that a text names, and how often it links to one: an address without a scheme may be none. */
function linksIn(text: string): { hosts: Set<string>; linked: number } {
  const hosts = new Set<string>();
  let linked = 0;
  for (const piece of text.toLowerCase().split(besideAddresses)) {
    const host = hostIn(piece);
    if (!host) continue;
    if (host.linked) linked += 1;
    if (hosts.size < most.hosts) hosts.add(host.name);
  }
  return { hosts, linked };
}

function hostIn(piece: string): { name: string; linked: boolean } | undefined {
  if (!piece.includes('.')) return undefined;
  const scheme = piece.search(/https?:\/\//);
  const address = scheme < 0 ? piece : piece.slice(piece.indexOf('//', scheme) + 2);
  const authority = address.slice(0, 300).split(/[/?#]/, 1)[0] ?? '';
  if (scheme < 0 && authority.includes('@')) return undefined;
  const name = (authority.split('@').at(-1) ?? '').replace(/:\d*$/, '').replace(/[.:]+$/, '');
  const labels = name.split('.');
  const isHost = labels.length > 1 && labels.every((label) => /^[\p{L}\p{M}\p{N}_-]{1,63}$/u.test(label));
  if (!isHost || !/^(?:\p{L}{2,}|xn--.+)$/u.test(labels.at(-1) ?? '')) return undefined;
  return { name: name.replace(/^www\./, ''), linked: scheme >= 0 || name.startsWith('www.') };
}

function addWords(found: Set<string>, folded: string): void {
  let before: string | undefined;
  for (const [word] of folded.replaceAll('’', "'").matchAll(words)) {
    if (found.size >= most.features) return;
    if (unspaced.test(word)) {
      addCharacterPairs(found, word);
      before = undefined;
    } else if (word.length > most.word) {
      before = undefined;
    } else {
      found.add(`word:${word}`);
      if (before !== undefined && found.size < most.features) found.add(`pair:${before} ${word}`);
      before = word;
    }
  }
}

function addCharacterPairs(found: Set<string>, run: string): void {
  let before = '';
  for (const character of run) {
    if (found.size >= most.features) return;
    if (before !== '') found.add(`word:${before}${character}`);
    before = character;
  }
  if (run === before) found.add(`word:${run}`);
}
