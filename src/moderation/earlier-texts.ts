import type { Request, Response } from 'express';
import { findWritten, listRevisions } from '../comments/editing-queries.ts';
import type { AppContext } from '../context.ts';
import { found } from '../http/errors.ts';
import { readId } from '../http/fields.ts';
import { defineView, frameOf, sendPage } from '../http/render.ts';
import { hrefOf } from '../posts/addresses.ts';
import { findPostOfConversation } from '../posts/queries.ts';
import { type TrustedHtml, trustStored } from '../text/trusted-html.ts';
import { moderatorOf } from './moderator.ts';
import { filterReachable } from './queries.ts';

interface EarlierTextsPage {
  readonly name: string;
  /** What it says now. */
  readonly html: TrustedHtml;
  /** What it said before, from the first text on, and until when. */
  readonly earlier: readonly { readonly text: string; readonly until: Date }[];
  readonly post: { readonly title: string; readonly href: string };
  readonly queueHref: string;
}

const earlierTextsView = defineView<EarlierTextsPage>('moderation/earlier-texts');

/** `GET /moderation/comments/:id/revisions`: everything that an edited comment said before, for who may decide on it. */
export async function showEarlierTexts(
  { db }: Pick<AppContext, 'db'>,
  request: Request,
  response: Response,
): Promise<void> {
  const [id] = await filterReachable(db, { ids: [found(readId(request.params.id))], moderator: moderatorOf(response) });
  const comment = found(await findWritten(db, found(id)));
  const [revisions, post] = await Promise.all([
    listRevisions(db, [comment.id]),
    findPostOfConversation(db, comment.conversation_id),
  ]);
  const { id: postId, title, kind, slug } = found(post);
  sendPage(response, earlierTextsView, {
    title: frameOf(response).t('earlier.title'),
    hiddenFromSearch: true,
    name: comment.name,
    html: trustStored(comment.html),
    earlier: found(revisions.get(comment.id)).map(({ source, replaced_at }) => ({ text: source, until: replaced_at })),
    post: { title, href: hrefOf({ kind, slug }) },
    queueHref: `/moderation?${new URLSearchParams({ status: comment.status, post: String(postId) })}`,
  });
}
