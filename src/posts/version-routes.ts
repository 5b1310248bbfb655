import { type Request, type Response, Router } from 'express';
import { requirePermission, signedInViewer } from '../accounts/viewer.ts';
import type { AppContext } from '../context.ts';
import { offerUndo } from '../events/offer-undo.ts';
import { lastEvents } from '../events/queries.ts';
import { found, notFound } from '../http/errors.ts';
import { readFields, readId } from '../http/fields.ts';
import type { Message } from '../http/messages.ts';
import { leaveNotice } from '../http/notice.ts';
import { defineView, frameOf, sendPage } from '../http/render.ts';
import { bringBack } from './bring-back.ts';
import { ownPost, writerOf } from './desk-request.ts';
import { describeChange } from './desk-words.ts';
import { findPresentWriting, findWriting, listVersions, versionsPerPage } from './revision-queries.ts';
import { versionHref, versionsHref } from './version-addresses.ts';
import { sendVersion, wordWriting } from './version-page.ts';

interface VersionsPage {
  readonly now: { readonly title: string; readonly written: Message };
  readonly versions: readonly {
    readonly title: string;
    readonly href: string;
    readonly written: Message;
    readonly until: Date;
  }[];
  readonly deskHref: string;
  /** Where the list begins; undefined at its beginning. */
  readonly newest: string | undefined;
  /** undefined at the end. */
  readonly older: string | undefined;
}

const versionsView = defineView<VersionsPage>('writing/versions');

/**
 * The earlier versions of a post: `GET /write/:id/history` lists them, `GET /write/:id/history/:event` shows the one that the
 * edit of this event replaced, a POST there brings it back.
 */
export function versionRoutes({ db, now: clock }: AppContext): Router {
  const router = Router();
  router.use('/write/:id/history', requirePermission('write'));

  router.get('/write/:id/history', async (request, response) => {
    const post = await ownPost(request, response, db);
    const words = frameOf(response);
    const before = readId(request.query.before);
    const rows = await listVersions(db, { postId: post.id, before });
    const listed = rows.slice(0, versionsPerPage);
    const last = rows.length > versionsPerPage ? listed.at(-1) : undefined;
    const present = await findPresentWriting(db, post.id);
    const unknown = { written_at: null, writer_name: null, undo: null };
    sendPage(response, versionsView, {
      title: words.t('versions.title', { title: post.title }),
      now: { title: post.title, written: wordWriting(present ?? unknown, words) },
      versions: listed.map((version) => ({
        title: version.title,
        href: versionHref({ postId: post.id, eventId: version.event_id }),
        written: wordWriting(version, words),
        until: version.replaced_at,
      })),
      deskHref: `/write/${post.id}`,
      newest: before === undefined ? undefined : versionsHref(post.id),
      older: last && `${versionsHref(post.id)}?before=${last.event_id}`,
    });
  });

  router.get('/write/:id/history/:event', async (request, response) => {
    const post = await ownPost(request, response, db);
    await sendVersion(response, { db, post, eventId: found(readId(request.params.event)) });
  });

  router.post('/write/:id/history/:event', (request, response) => restore(request, response));

  async function restore(request: Request, response: Response): Promise<void> {
    const now = clock();
    const { id } = await ownPost(request, response, db);
    const eventId = found(readId(request.params.event));
    const { version, partly } = readFields(request.body, ['version', 'partly']);
    const act = { actorId: signedInViewer(response).id, writerId: writerOf(response), now };
    const asked = { id, eventId, version: readId(version), partly: partly !== '' };
    const outcome = await db.transaction().execute((trx) => bringBack(trx, { ...asked, ...act }));
    if (outcome.kind === 'missing') throw notFound();
    const words = frameOf(response);
    if (outcome.kind === 'saved') {
      const { replaced_at } = found(await findWriting(db, { postId: id, eventId }));
      const done: Message =
        outcome.eventId === undefined
          ? { key: 'versions.doneSame' }
          : { key: 'versions.done', values: { when: words.dates.minute(replaced_at) } };
      leaveNotice(request, { ...done, offer: offerUndo({ eventId: outcome.eventId, back: `/write/${id}` }) });
      return response.redirect(303, `/write/${id}`);
    }
    const post = await ownPost(request, response, db);
    if (outcome.kind === 'parts')
      return await sendVersion(response, { db, post, eventId, refused: { obstacles: outcome.obstacles } });
    const last = (await lastEvents(db, { subjectKind: 'post', subjectIds: [id] })).get(id);
    const change = last ? describeChange(last, { words, now }) : words.t('error.409.text');
    await sendVersion(response, { db, post, eventId, refused: { change } });
  }

  return router;
}
