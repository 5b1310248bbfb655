import type { Request, Response } from 'express';
import type { AppContext } from '../context.ts';
import { found } from '../http/errors.ts';
import { readId } from '../http/fields.ts';
import { defineView, frameOf, sendPage } from '../http/render.ts';
import { moderatorOf } from './moderator.ts';
import { filterReachable, findQueueRow } from './queries.ts';
import { loadQueueItems } from './queue-items.ts';
import type { QueueItem } from './queue-view.ts';
import { loadSavedChoices, type SavedChoices } from './saved-choice.ts';

interface CommentPage {
  readonly item: QueueItem;
  readonly saved: SavedChoices;
  readonly here: string;
}

const commentView = defineView<CommentPage>('moderation/comment');

/** `GET /moderation/comments/:id`: one comment as the queue shows it, wherever it stands, for who may decide on it. */
export async function showComment({ db }: AppContext, request: Request, response: Response): Promise<void> {
  const [id] = await filterReachable(db, { ids: [found(readId(request.params.id))], moderator: moderatorOf(response) });
  const row = found(await findQueueRow(db, found(id)));
  const [[item], saved] = await Promise.all([loadQueueItems(db, response, [row]), loadSavedChoices(db)]);
  sendPage(response, commentView, {
    title: frameOf(response).t('queue.one', { name: row.name }),
    hiddenFromSearch: true,
    item: found(item),
    saved,
    here: `/moderation/comments/${row.id}`,
  });
}
