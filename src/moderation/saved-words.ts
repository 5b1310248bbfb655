import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../database.ts';
import type { Message } from '../http/messages.ts';
import { prepared } from '../prepared.ts';
import { longestReason } from './form.ts';
import type { SavedKind } from './table.ts';

/** So many are kept of each kind: more could not be chosen from. */
export const mostSaved = 30;

/** Longest title, and longest text of each kind, in characters. */
export const longestTitle = 60;
export const longestSaved: Readonly<Record<SavedKind, number>> = { reason: longestReason, reply: 2_000 };

/** Words as they are chosen and changed. */
export interface SavedEntry {
  readonly id: number;
  readonly kind: SavedKind;
  readonly title: string;
  readonly text: string;
}

/** What became of a change: done, what is wrong with it, or that somebody else changed these words first. */
export type SavedOutcome =
  | { readonly kind: 'saved' }
  | { readonly kind: 'refused'; readonly why: Message }
  | { readonly kind: 'overtaken' };

/** All saved words that can be chosen, by title. */
export function listSavedWords(db: Kysely<Database>): Promise<SavedEntry[]> {
  return db
    .selectFrom('saved_words')
    .modifyFront(prepared)
    .select(['id', 'kind', 'title', 'text'])
    .where('ended_at', 'is', null)
    .orderBy('title')
    .orderBy('id')
    .execute();
}

/** Who changes saved words, and when. */
interface Saver {
  readonly actorId: number;
  readonly now: Date;
}

/** Adds words for all moderators. */
export function addSavedWords(
  db: Kysely<Database>,
  { words, actorId, now }: Saver & { words: Omit<SavedEntry, 'id'> },
): Promise<SavedOutcome> {
  const wrong = checkWords(words);
  if (wrong) return Promise.resolve({ kind: 'refused', why: wrong });
  return changing(db, async (trx) => {
    const others = (await listSavedWords(trx)).filter(({ kind }) => kind === words.kind);
    if (others.length >= mostSaved) return { kind: 'refused', why: { key: 'saved.full', values: { most: mostSaved } } };
    return insertWords(trx, { others, words, actorId, now });
  });
}

/** Puts other words in the place of saved ones. */
export function changeSavedWords(
  db: Kysely<Database>,
  { id, title, text, actorId, now }: Saver & { id: number; title: string; text: string },
): Promise<SavedOutcome> {
  return changing(db, async (trx) => {
    const all = await listSavedWords(trx);
    const before = all.find((each) => each.id === id);
    if (!before) return { kind: 'overtaken' };
    const words = { kind: before.kind, title, text };
    const wrong = checkWords(words);
    if (wrong) return { kind: 'refused', why: wrong };
    const others = all.filter((each) => each.kind === before.kind && each.id !== id);
    if (hasTitle(others, title)) return { kind: 'refused', why: titleTaken };
    await endWords(trx, { id, actorId, now });
    return insertWords(trx, { others, words, actorId, now });
  });
}

/** Takes saved words away: nobody can choose them any more. */
export function endSavedWords(
  db: Kysely<Database>,
  { id, actorId, now }: Saver & { id: number },
): Promise<SavedOutcome> {
  return changing(db, async (trx) => ({ kind: (await endWords(trx, { id, actorId, now })) ? 'saved' : 'overtaken' }));
}

// One at a time: the next counts what the one before has added.
function changing(
  db: Kysely<Database>,
  change: (trx: Transaction<Database>) => Promise<SavedOutcome>,
): Promise<SavedOutcome> {
  return db.transaction().execute(async (trx) => {
    await sql`lock table saved_words in share row exclusive mode`.execute(trx);
    return change(trx);
  });
}

async function insertWords(
  trx: Transaction<Database>,
  { others, words, actorId, now }: Saver & { others: readonly SavedEntry[]; words: Omit<SavedEntry, 'id'> },
): Promise<SavedOutcome> {
  if (hasTitle(others, words.title)) return { kind: 'refused', why: titleTaken };
  await trx
    .insertInto('saved_words')
    .values({ ...words, saved_by: actorId, saved_at: now })
    .execute();
  return { kind: 'saved' };
}

async function endWords(trx: Transaction<Database>, { id, actorId, now }: Saver & { id: number }): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('saved_words')
    .set({ ended_by: actorId, ended_at: now })
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

const titleTaken: Message = { key: 'saved.titleTaken' };

function hasTitle(others: readonly SavedEntry[], title: string): boolean {
  return others.some((other) => other.title === title);
}

function checkWords({ kind, title, text }: Omit<SavedEntry, 'id'>): Message | undefined {
  if (title === '' || text === '') return { key: 'saved.empty' };
  if ([...title].length > longestTitle) return { key: 'saved.titleLong', values: { most: longestTitle } };
  if ([...text].length > longestSaved[kind]) return { key: 'saved.textLong', values: { most: longestSaved[kind] } };
  return undefined;
}
