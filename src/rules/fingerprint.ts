import { hash } from 'node:crypto';
import { foldText } from '../text/fold.ts';
import { lengthInWords, splitWords } from '../text/split-words.ts';

/** What a text is known by, to find others that say the same. No word of it can be read from this. */
export interface Fingerprint {
  /** 16 bytes; the same for texts of the same words. */
  readonly exact: Buffer;
  /** How long the text is that it was made of, in words: without what it quotes. */
  readonly length: number;
  /** For finding what says nearly the same; missing for texts that are too short to be told apart so. */
  readonly near: NearPrint | undefined;
}

/** The least of many hashes of a text's features, by each of several orders (MinHash). */
export interface NearPrint {
  /** Of each order the last 16 bits, signed: as many of them agree between two texts as they have features in common. */
  readonly minima: readonly number[];
  /** Four 32-bit numbers, signed. Texts that have most features in common are likely to share one. */
  readonly bands: readonly [number, number, number, number];
}

/** In words. What is shorter many people say by themselves: "Thank you!" */
const shortestExact = 8;
const shortestNear = 16;

/**
 * In words. Texts that are nearly the same have half of what they say in common. Where that is less than is compared at all, it may be the
 * frame of one sentence, which many people use: "Sorry if this was asked before, but who …"
 */
export const shortestTelling = 2 * shortestNear;

/** In words: what comes after that adds nothing, and would keep us busy. */
const mostWords = 3000;

/** How many minima there are. */
export const orders = 16;
const bandCount = 4;
const ordersInBand = 2;

/** Of 16, how many minima agree between texts that say nearly the same: half of their features. */
export const agreeing = 8;

/**
 * And between those of which one was made of the other: two thirds. Sixteen are few to estimate by: texts that share a sentence, and
 * with it a third of their features, pass for half one time in eight, and for two thirds one time in 250 (binomial distribution).
 */
export const agreeingClosely = 11;

/** What somebody quotes, as Markdown writes it: lines that begin with `>`. */
const quotedLines = /^ {0,3}>.*$/gm;

const address = /:\/\/|\bwww\./i;

/** Of an address what comes after its host: copies differ there. */
const pathOfAddress = /(:\/\/[^\s/?#]+)[/?#]\S*/g;

/**
 * What a text is known by: its words, without case, punctuation and disguises. Undefined for a short text without an
 * address, since such say the same without being copies. What is quoted many may quote: it is no matter, unless it leads
 * somewhere.
 */
export function fingerprintOf(source: string): Fingerprint | undefined {
  const text = source.replace(quotedLines, (line) => (address.test(line) ? line : ''));
  const words = splitWords(foldText(text));
  const length = lengthInWords(words);
  const leadsSomewhere = words.length > 0 && address.test(text);
  if (length < shortestExact && !leadsSomewhere) return undefined;
  return {
    length,
    exact: hash('sha256', words.join(' '), 'buffer').subarray(0, 16),
    near: length < shortestNear ? undefined : nearPrintOf(nearWords(text, words).slice(0, mostWords)),
  };
}

function nearWords(text: string, words: readonly string[]): readonly string[] {
  const shorter = text.replace(pathOfAddress, '$1 ');
  return shorter === text ? words : splitWords(foldText(shorter));
}

/** Of 16, how many minima of two texts agree; 0 where they say exactly the same, or one is too short to be compared so. */
export function agreementOf(one: Fingerprint, other: Fingerprint): number {
  if (!one.near || !other.near || one.exact.equals(other.exact)) return 0;
  const { minima } = other.near;
  return one.near.minima.filter((minimum, order) => minimum === minima[order]).length;
}

function nearPrintOf(words: readonly string[]): NearPrint {
  const features = featuresOf(words);
  const minima = Array.from({ length: orders }, (_none, order) => leastOf(features, order));
  const band = (index: number) =>
    minima.slice(index * ordersInBand, (index + 1) * ordersInBand).reduce((sum, minimum) => mix(sum ^ minimum), index);
  return {
    minima: minima.map((minimum) => (minimum << 16) >> 16),
    bands: Array.from({ length: bandCount }, (_none, index) => band(index)) as [number, number, number, number],
  };
}

// Pairs of neighbours, and by themselves the long words, which say most: a changed word spoils no more than three of them.
function featuresOf(words: readonly string[]): ReadonlySet<number> {
  const hashes = words.map(hashOf);
  const features = new Set<number>();
  for (const [index, hash] of hashes.entries()) {
    if ((words[index] as string).length > 4) features.add(hash);
    if (index > 0) features.add(mix(Math.imul(hashes[index - 1] as number, 31) ^ hash));
  }
  return features;
}

function leastOf(features: ReadonlySet<number>, order: number): number {
  const turn = mix(order + 1);
  let least = 0x7fff_ffff;
  for (const feature of features) least = Math.min(least, mix(feature ^ turn));
  return least;
}

/** FNV-1a over UTF-16 units. */
function hashOf(word: string): number {
  let hash = 0x811c_9dc5;
  for (let at = 0; at < word.length; at += 1) hash = Math.imul(hash ^ word.charCodeAt(at), 0x0100_0193);
  return hash;
}

/** The last step of MurmurHash3, which lets each bit change all others. */
function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85eb_ca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
  return mixed ^ (mixed >>> 16);
}
