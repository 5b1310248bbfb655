import { type Request, type Response, Router } from 'express';
import { requirePermission, signedInViewer } from '../accounts/viewer.ts';
import type { AppContext } from '../context.ts';
import { offerUndo } from '../events/offer-undo.ts';
import { found, notFound } from '../http/errors.ts';
import { readFields, readId } from '../http/fields.ts';
import type { Message } from '../http/messages.ts';
import { leaveNotice, type NoticeOffer } from '../http/notice.ts';
import { frameOf } from '../http/render.ts';
import { sendDeskList } from './desk-list.ts';
import { sendConflict, sendDeletingOvertaken, sendRestoringOvertaken } from './desk-overtaken.ts';
import { sendDesk } from './desk-page.ts';
import { sendPreview } from './desk-preview.ts';
import { type DeskPost, findDeskPost } from './desk-queries.ts';
import { sendBinned, sendDeleteQuestion } from './desk-questions.ts';
import { type Asked, ownPost, readAsked, readKey, readOrder, writerOf } from './desk-request.ts';
import { readDraft } from './form.ts';
import type { Move } from './moves.ts';
import { movePostAsSeen, type Saved, savePost, startPost } from './service.ts';

/**
 * The desk: `/write` lists what one may write on, `/write/new` and `/write/:id` are the form. A POST there saves it and
 * takes the post further, as its `action` says. Below them lie `/preview`, `/text` (the form again, as it was typed),
 * `/delete` (asks first), `/bin` and `/restore`.
 */
export function deskRoutes({ db, now: clock }: AppContext): Router {
  const router = Router();
  router.use('/write', requirePermission('write'));

  router.get('/write', (request, response) =>
    sendDeskList(request, response, { db, writerId: writerOf(response), now: clock() }),
  );

  router.get('/write/:id', async (request, response) => {
    const now = clock();
    const asked = await readAsked(request, response, { db, now });
    if (asked.post?.deleted_at) sendBinned(response, { post: asked.post, now });
    else await sendDesk(response, { db, now, ...asked });
  });

  router.post('/write/:id', async (request, response) => {
    const now = clock();
    const asked = await readAsked(request, response, { db, now });
    const order = readOrder(request, response, { ...asked, now });
    if ('errors' in order) return sendDesk(response, { db, now, ...asked, ...order });
    const act = { ...order, ...actOf(response, now) };
    const { post, fields } = asked;
    const saved = await db
      .transaction()
      .execute((trx) =>
        post
          ? savePost(trx, { id: post.id, version: readId(fields.version), ...act })
          : startPost(trx, { key: readKey(fields.key), ...act }),
      );
    if (saved.outcome === 'refused') return sendDesk(response, { db, now, ...asked, ...saved });
    if (saved.outcome === 'missing') throw notFound();
    if (saved.outcome === 'conflict')
      return sendConflict(response, { db, now, fields, post: await presentPost(response, saved.id) });
    const back = `/write/${saved.id}`;
    leaveNotice(request, { ...noticeOf(response, { move: order.move, asked }), offer: offerFor(saved, back) });
    response.redirect(303, `/write/${saved.id}`);
  });

  router.post('/write/:id/preview', async (request, response) => {
    const now = clock();
    const asked = await readAsked(request, response, { db, now });
    const read = readDraft(asked.fields);
    if ('errors' in read) return sendDesk(response, { db, now, ...asked, ...read });
    await sendPreview(response, { db, now, ...asked, ...read });
  });

  router.post('/write/:id/text', async (request, response) => {
    const now = clock();
    await sendDesk(response, { db, now, ...(await readAsked(request, response, { db, now })) });
  });

  // Where a form was sent is an address that can be asked for again.
  router.get(['/write/:id/preview', '/write/:id/text'], (request, response) =>
    response.redirect(303, `/write/${encodeURIComponent(String(request.params.id))}`),
  );

  router.get('/write/:id/delete', async (request, response) => {
    sendDeleteQuestion(response, { post: await ownPost(request, response, db), now: clock() });
  });

  router.post('/write/:id/delete', async (request, response) => {
    const now = clock();
    const { post, fields } = await readAsked(request, response, { db, now });
    sendDeleteQuestion(response, { post: found(post), fields, now });
  });

  router.post('/write/:id/bin', async (request, response) => {
    const now = clock();
    const { id, title } = await ownPost(request, response, db);
    const saved = await move(request, response, { id, move: { action: 'delete' }, now });
    if (saved.outcome !== 'saved')
      return sendDeletingOvertaken(response, { db, now, post: await presentPost(response, id) });
    leaveNotice(request, { key: 'writing.notice.delete', values: { title }, offer: offerFor(saved, '/write') });
    response.redirect(303, '/write');
  });

  router.post('/write/:id/restore', async (request, response) => {
    const now = clock();
    const { id } = await ownPost(request, response, db);
    const saved = await move(request, response, { id, move: { action: 'restore' }, now });
    if (saved.outcome !== 'saved')
      return sendRestoringOvertaken(response, { db, now, post: await presentPost(response, id) });
    leaveNotice(request, { key: 'writing.notice.restore', offer: offerFor(saved, `/write/${id}`) });
    response.redirect(303, `/write/${id}`);
  });

  async function move(
    request: Request,
    response: Response,
    order: { id: number; move: Move; now: Date },
  ): Promise<Saved> {
    const version = readId(readFields(request.body, ['version']).version);
    return db.transaction().execute((trx) => movePostAsSeen(trx, { ...order, version, ...actOf(response, order.now) }));
  }

  async function presentPost(response: Response, id: number): Promise<DeskPost> {
    return found(await findDeskPost(db, { id, writerId: writerOf(response) }));
  }

  return router;
}

function actOf(response: Response, now: Date) {
  return { actorId: signedInViewer(response).id, writerId: writerOf(response), now };
}

function offerFor({ undo }: Extract<Saved, { outcome: 'saved' }>, back: string): NoticeOffer | undefined {
  return offerUndo({
    eventId: undo?.eventId,
    back,
    label: undo?.all === false ? 'versions.undoAllElse' : 'undo.button',
  });
}

function noticeOf(response: Response, { move, asked }: { move: Move; asked: Asked }): Message {
  if (move.action === 'edit' && !asked.post) return { key: 'writing.notice.created' };
  if (move.action !== 'schedule') return { key: `writing.notice.${move.action}` };
  const { dates, timeZone } = frameOf(response);
  return { key: 'writing.notice.schedule', values: { time: dates.minute(move.at), zone: timeZone } };
}
