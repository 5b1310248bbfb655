import { type Request, type Response, Router } from 'express';
import { requirePermission, signedInViewer } from '../accounts/viewer.ts';
import type { AppContext } from '../context.ts';
import { forbidden, found, notFound } from '../http/errors.ts';
import { readFields, readId } from '../http/fields.ts';
import type { Message } from '../http/messages.ts';
import { leaveNotice } from '../http/notice.ts';
import { frameOf } from '../http/render.ts';
import { moderatorOf } from './moderator.ts';
import { sendNotDone } from './not-done.ts';
import { addNote, deleteNote, longestColleagueNote, mostNotes } from './notes.ts';
import { wayBack } from './way-back.ts';

/**
 * What moderators note for each other: `POST /moderation/comments/:id/notes` (`text`, `about`) and
 * `POST /moderation/notes/:id/delete`, which is the writer's.
 */
export function noteRoutes({ db, now }: AppContext): Router {
  const router = Router();
  const guard = requirePermission('moderate');

  router.post('/moderation/comments/:id/notes', guard, async (request, response) => {
    const commentId = found(readId(request.params.id));
    const { text: typed, about: named } = readFields(request.body, ['text', 'about']);
    const text = typed.trim();
    if (text === '') return refuse(request, response, { key: 'note.empty' });
    if ([...text].length > longestColleagueNote)
      return refuse(request, response, { key: 'decision.noteLong', values: { most: longestColleagueNote } });
    const about = named === 'person' ? 'person' : 'comment';
    const outcome = await addNote(db, { commentId, about, text, moderator: moderatorOf(response), now: now() });
    if (outcome === 'unknown') throw notFound();
    if (outcome === 'full') return refuse(request, response, { key: 'note.full', values: { most: mostNotes } });
    leaveNotice(request, { key: 'note.added' });
    response.redirect(303, wayBack(request));
  });

  router.post('/moderation/notes/:id/delete', guard, async (request, response) => {
    const id = found(readId(request.params.id));
    const outcome = await deleteNote(db, { id, writerId: signedInViewer(response).id });
    if (outcome === 'unknown') throw notFound();
    if (outcome === 'not_yours') throw forbidden({ key: 'note.notYours' });
    leaveNotice(request, { key: 'note.deleted' });
    response.redirect(303, wayBack(request));
  });

  return router;
}

function refuse(request: Request, response: Response, why: Message): void {
  const back = { href: wayBack(request), label: frameOf(response).t('overtaken.back') };
  const typed = [readFields(request.body, ['text']).text].filter((text) => text !== '');
  sendNotDone(request, response, { why, back, typed, status: 422 });
}
