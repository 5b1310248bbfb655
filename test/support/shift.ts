import type { Kysely } from 'kysely';
import type { CommentStatus } from '../../src/comments/lifecycle.ts';
import type { Database } from '../../src/database.ts';
import { recordEvents } from '../../src/events/queries.ts';
import { statusOf } from './comments.ts';
import { plantThread } from './threads.ts';

/** What is to be done with a comment: it says so itself. */
export const kinds = ['approve', 'reject', 'spam'] as const;
export type Kind = (typeof kinds)[number];

/** Where each leads. */
export const becomes: Readonly<Record<Kind, CommentStatus>> = { approve: 'approved', reject: 'rejected', spam: 'spam' };

/** So many comments for a shift, in an order that is no pattern. */
export function shiftOf(count: number): Kind[] {
  return Array.from({ length: count }, (_, index) => kinds[(index * index) % 3] as Kind);
}

const longWinded = `<p>${'And so on, and so forth. '.repeat(14)}</p>`;

/** Holds comments, some short and some long, that say what is to be done with them. @returns their ids. */
export async function holdComments(
  db: Kysely<Database>,
  { conversationId, shift }: { conversationId: number; shift: readonly Kind[] },
): Promise<number[]> {
  const planted = shift.map(() => ({ parent: undefined, status: 'pending' }) as const);
  const ids = await plantThread(db, conversationId, planted);
  for (const [index, id] of ids.entries()) {
    await db
      .updateTable('comment')
      .set({ html: `<p>To ${shift[index]}.</p>${index % 4 === 3 ? longWinded : ''}` })
      .where('id', '=', id)
      .execute();
  }
  const now = new Date();
  const posted = { subjectKind: 'comment', action: 'post', to: 'pending', rule: 'all_held', now } as const;
  await db.transaction().execute((trx) =>
    recordEvents(
      trx,
      ids.map((subjectId) => ({ ...posted, subjectId })),
    ),
  );
  return ids;
}

/** What a moderator reads out of such a comment. */
export function kindIn(words: string): Kind {
  const kind = kinds.find((each) => words.includes(`To ${each}.`));
  if (!kind) throw new Error(`It does not say what is to be done: ${words}`);
  return kind;
}

/** Where comments stand, in the order of the ids. */
export function statusesOf(db: Kysely<Database>, ids: readonly number[]): Promise<CommentStatus[]> {
  return Promise.all(ids.map((id) => statusOf(db, id)));
}

/** Cookies as a test client has them, for a browser. */
export function browserCookies(header: string, address: string): { name: string; value: string; url: string }[] {
  return header.split('; ').map((pair) => {
    const [name = '', value = ''] = pair.split(/=(.*)/s);
    return { name, value, url: address };
  });
}
