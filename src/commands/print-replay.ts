import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import type { Message, Translate } from '../http/messages.ts';
import { findNamed } from '../replay/named-comments.ts';
import type { Tally } from '../replay/result.ts';
import type { Scope } from '../replay/scope.ts';
import { sumChanged } from '../replay/tally.ts';
import { type ChangedItem, type ChangedKind, namedIn, presentReplay } from '../settings/replay-view.ts';

/** Prints what rules would have done: for people, in the words of the page, or as JSON, with ids in place of names and texts. */
export async function printReplay(
  db: Kysely<Database>,
  {
    tally,
    scope,
    json,
    t,
    print,
  }: { tally: Tally; scope: Scope; json: boolean; t: Translate; print: (line: string) => void },
): Promise<void> {
  if (json) return print(JSON.stringify({ scope, changes: sumChanged(tally), ...tally }, null, 2));
  const { about, rows, sum, kinds } = presentReplay(tally, { scope, named: await findNamed(db, namedIn(tally)) });
  const word = (messages: readonly Message[]) => messages.map(({ key, values }) => t(key, values)).join(' ');
  const count = ({ all, otherwise }: { all: number; otherwise: number }) =>
    otherwise === 0
      ? t('replay.count', { all })
      : `${t('replay.count', { all })} (${t('replay.otherwise', { otherwise })})`;
  print(word(about));
  for (const { label, before, after } of rows) print(`${word([label])}: ${count(before)} → ${count(after)}`);
  print(word(sum));
  for (const kind of kinds) for (const line of linesOf(kind, word)) print(line);
}

function linesOf(
  { title, against, items, unnamed }: ChangedKind,
  word: (messages: readonly Message[]) => string,
): string[] {
  return [
    '',
    `${word([title, ...(against ? [against] : [])])}`,
    ...items.flatMap((item) => ['', ...linesOfItem(item, word)]),
    ...(unnamed ? ['', word([unnamed])] : []),
  ];
}

function linesOfItem(
  { id, named, before, after, decided }: ChangedItem,
  word: (messages: readonly Message[]) => string,
): string[] {
  const who = named ? `${named.name} · ${named.post} · ${named.excerpt}` : word([{ key: 'replay.gone' }]);
  return [
    `  ${id} · ${who}`,
    `    ${word([{ key: 'replay.before' }])}: ${word(before)}`,
    `    ${word([{ key: 'replay.after' }])}: ${word(after)}`,
    ...(decided ? [`    ${word([{ key: 'replay.person' }])}: ${word([decided])}`] : []),
  ];
}
