import { type ChangeObject, diffLines, diffWordsWithSpace } from 'diff';

/** Words that stand in both texts, or in one of them only. */
export interface ComparedPart {
  readonly kind: 'same' | 'removed' | 'added';
  readonly text: string;
}

/** A stretch of two texts that were compared. */
export type Passage =
  | { readonly kind: 'same'; readonly text: string }
  | { readonly kind: 'changed'; readonly parts: readonly ComparedPart[] }
  /** So many lines are the same, and far from any change. */
  | { readonly kind: 'skipped'; readonly lines: number };

/** Milliseconds that a comparison takes at most: texts that have nothing in common are shown one after the other. */
const patience = 250;
/** Lines beside a change that are shown with it. */
const context = 3;
/** How much of a passage has to stand in both texts, for its words to be compared: else it was written anew. */
const likeness = 0.3;

/**
 * Compares two texts line by line, and word by word where a line was changed.
 *
 * @returns what a reader needs to see; empty where both are the same.
 */
export function compareTexts(before: string, after: string): Passage[] {
  const until = performance.now() + patience;
  const [one, other] = [withEvenLines(before), withEvenLines(after)];
  if (one === other) return [];
  const chunks = diffLines(one, other, { timeout: patience }) ?? writtenAnew(one, other);
  const passages: Passage[] = [];
  for (let at = 0; at < chunks.length; at += 1) {
    const [chunk, next] = [chunks[at] as Chunk, chunks[at + 1]];
    if (chunk.removed && next?.added) {
      passages.push({ kind: 'changed', parts: compareWords(chunk.value, next.value, until) });
      at += 1;
    } else if (chunk.removed || chunk.added) passages.push({ kind: 'changed', parts: [toPart(chunk)] });
    else passages.push(...shorten(chunk.value, { first: at === 0, last: at === chunks.length - 1 }));
  }
  return passages;
}

type Chunk = Pick<ChangeObject<string>, 'value' | 'added' | 'removed'>;

// Splitting lines into words takes time by itself: once it is over, not even that is begun.
function compareWords(before: string, after: string, until: number): ComparedPart[] {
  const timeout = until - performance.now();
  const chunks = timeout > 0 ? diffWordsWithSpace(before, after, { timeout }) : undefined;
  const same = (chunks ?? []).reduce(
    (sum, { value, added, removed }) => (added || removed ? sum : sum + value.length),
    0,
  );
  const alike = chunks && same >= likeness * Math.max(before.length, after.length);
  return (alike ? chunks : writtenAnew(before, after)).map(toPart);
}

function writtenAnew(before: string, after: string): Chunk[] {
  return [
    { value: before, added: false, removed: true },
    { value: after, added: true, removed: false },
  ];
}

function toPart({ value, added, removed }: Chunk): ComparedPart {
  return { kind: removed ? 'removed' : added ? 'added' : 'same', text: value };
}

function shorten(text: string, { first, last }: { first: boolean; last: boolean }): Passage[] {
  const lines = text.split(/(?<=\n)/);
  const [head, tail] = [first ? 0 : context, last ? 0 : context];
  const skipped = lines.length - head - tail;
  if (skipped <= 1) return [{ kind: 'same', text }];
  return [
    ...(head > 0 ? [{ kind: 'same', text: lines.slice(0, head).join('') } as const] : []),
    { kind: 'skipped', lines: skipped },
    ...(tail > 0 ? [{ kind: 'same', text: lines.slice(-tail).join('') } as const] : []),
  ];
}

// Where lines end, and whether the last one does, is nothing to see.
function withEvenLines(text: string): string {
  const lines = text.replaceAll('\r\n', '\n');
  return lines === '' || lines.endsWith('\n') ? lines : `${lines}\n`;
}
