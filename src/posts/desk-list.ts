import type { Request, Response } from 'express';
import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import { readId } from '../http/fields.ts';
import { defineView, frameOf, sendPage } from '../http/render.ts';
import { type DeskCursor, type ListedDraft, listDrafts } from './desk-queries.ts';
import { describeState } from './desk-words.ts';
import { type PostState, postStates, stateOf } from './publication.ts';

interface DeskList {
  readonly tabs: readonly { readonly href: string; readonly label: string; readonly current: boolean }[];
  readonly state: PostState | 'all';
  readonly posts: readonly (Pick<ListedDraft, 'id' | 'kind' | 'title'> & {
    readonly state: PostState;
    readonly stateSentence: string;
    readonly authorNames: string;
  })[];
  /** Whether posts of several people are listed. */
  readonly showsAuthors: boolean;
  /** Whether the list does not begin at its beginning. */
  readonly isFurtherOn: boolean;
  readonly newest: string;
  /** undefined at the end. */
  readonly older: string | undefined;
}

const listView = defineView<DeskList>('writing/list');

/** Sends the list of what one may write on. */
export async function sendDeskList(
  request: Request,
  response: Response,
  { db, writerId, now }: { db: Kysely<Database>; writerId: number | undefined; now: Date },
): Promise<void> {
  const words = frameOf(response);
  const chosen = postStates.find((state) => state === request.query.state);
  const before = readCursor(request.query.before);
  const { posts, older } = await listDrafts(db, { writerId, state: chosen, before, now });
  sendPage(response, listView, {
    title: words.t('writing.list.title'),
    tabs: [undefined, ...postStates].map((state) => ({
      href: listHref(state),
      label: words.t(`writing.list.${state ?? 'all'}`),
      current: state === chosen,
    })),
    state: chosen ?? 'all',
    posts: posts.map((post) => ({
      id: post.id,
      kind: post.kind,
      title: post.title,
      state: stateOf(post, now),
      stateSentence: describeState(post, { words, now }),
      authorNames: post.authors.map(({ name }) => name).join(', '),
    })),
    showsAuthors: writerId === undefined,
    isFurtherOn: before !== undefined,
    newest: listHref(chosen),
    older: older && listHref(chosen, older),
  });
}

function listHref(state: PostState | undefined, before?: DeskCursor): string {
  const query = new URLSearchParams();
  if (state) query.set('state', state);
  if (before) query.set('before', `${before.updatedAt.getTime()}-${before.id}`);
  return query.size > 0 ? `/write?${query}` : '/write';
}

// `<milliseconds since 1970>-<id>`; anything else is no place in the list, which then begins at its beginning.
function readCursor(text: unknown): DeskCursor | undefined {
  const [, time, last] = (typeof text === 'string' && /^(\d{1,14})-(\d{1,10})$/.exec(text)) || [];
  const id = readId(last);
  return id && time ? { updatedAt: new Date(Number(time)), id } : undefined;
}
