import { normaliseLine } from '../text/plain-text.ts';

/** What is wrong with a line of a list. */
export interface LineProblem<Kind extends string> {
  /** Counted from 1. */
  readonly line: number;
  readonly kind: Kind;
  /** The beginning of the line. */
  readonly text: string;
}

/** How many problems are told: who pasted something else than a list sees that soon. */
const mostProblems = 20;

/** How many entries a list may have. */
export const mostEntries = 10_000;

/**
 * Reads a pasted list: one entry a line, none twice. Blank lines and those that begin with `#` say nothing.
 *
 * @param read makes an entry out of a line, or says what is wrong with it.
 * @returns the entries in the order of the lines, and the first problems. Entries beyond the most are left out.
 */
export function readPastedList<Kind extends string>(
  text: string,
  read: (line: string) => { readonly entry: string } | { readonly problem: Kind },
): { readonly entries: readonly string[]; readonly problems: readonly LineProblem<Kind | 'too_many'>[] } {
  const entries = new Set<string>();
  const problems: LineProblem<Kind | 'too_many'>[] = [];
  for (const [index, typed] of text.split(/\r\n?|\n/).entries()) {
    const line = normaliseLine(typed);
    if (line === '' || line.startsWith('#')) continue;
    const made = read(line);
    const tooMany = 'entry' in made && entries.size >= mostEntries && !entries.has(made.entry);
    if ('entry' in made && !tooMany) entries.add(made.entry);
    else if (problems.length < mostProblems)
      problems.push({
        line: index + 1,
        kind: 'problem' in made ? made.problem : 'too_many',
        text: [...line].slice(0, 60).join(''),
      });
    if (tooMany) break;
  }
  return { entries: [...entries], problems };
}
