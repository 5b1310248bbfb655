import { randomUUID } from 'node:crypto';
import { type Request, type Response, Router } from 'express';
import { requirePermission } from '../accounts/viewer.ts';
import type { ModeratorAction } from '../comments/lifecycle.ts';
import type { AppContext } from '../context.ts';
import { offerUndo } from '../events/offer-undo.ts';
import { found, notFound } from '../http/errors.ts';
import { readFields, readId } from '../http/fields.ts';
import type { Message } from '../http/messages.ts';
import type { NoticeOffer } from '../http/notice.ts';
import { defineView, frameOf, sendPage } from '../http/render.ts';
import { findPostById } from '../posts/queries.ts';
import { isUuid } from '../text/uuid.ts';
import { filterFields, type QueueFilter, queueHref, readFilter, wordFilters } from './filter.ts';
import { readBulkDecision } from './form.ts';
import { loadSubject } from './matching.ts';
import { moderatorOf, offeredActions } from './moderator.ts';
import { sendNotDone } from './not-done.ts';
import { personHref } from './person-addresses.ts';
import { askFor, startSweep } from './sweep.ts';
import { endSweep, findEventOf, findSweep } from './sweep-queries.ts';
import { presentProgress, type SweepProgress } from './sweep-view.ts';
import type { Sweep } from './table.ts';

interface QuestionPage {
  readonly action: ModeratorAction;
  /** What that is called here: who marks as spam what a rule took for it confirms that. */
  readonly called: ModeratorAction | 'confirm';
  readonly status: QueueFilter['status'];
  readonly expected: number;
  /** The filters in words; none: everything of the status. */
  readonly filters: readonly Message[];
  readonly fields: Readonly<Record<string, string>>;
  readonly back: string;
}

interface SweepPage {
  /** The first heading; the title says how far it is. */
  readonly heading: string;
  readonly progress: SweepProgress;
  readonly offer: NoticeOffer | undefined;
  readonly back: string;
}

const questionView = defineView<QuestionPage>('moderation/sweep-question');
const sweepView = defineView<SweepPage>('moderation/sweep');

/** After so many seconds the page of a sweep asks for itself again: no script is needed for that. */
const refreshSeconds = 3;

/**
 * Decisions on all that match some filters: `GET /moderation/sweeps/new` asks, with the exact number; `POST /moderation/sweeps`
 * begins; `GET /moderation/sweeps/:id` shows how far it is; `POST /moderation/sweeps/:id/stop`.
 */
export function sweepRoutes(context: AppContext): Router {
  const router = Router();
  const guard = requirePermission('moderate');
  router.get('/moderation/sweeps/new', guard, (request, response) => askWhetherMeant(context, request, response));
  router.post('/moderation/sweeps', guard, (request, response) => beginSweep(context, request, response));
  router.get('/moderation/sweeps/:id', guard, (request, response) => showSweep(context, request, response));
  router.post('/moderation/sweeps/:id/stop', guard, (request, response) => stopSweep(context, request, response));
  return router;
}

async function askWhetherMeant({ db, now }: AppContext, request: Request, response: Response): Promise<void> {
  const owner = moderatorOf(response);
  const filter = readFilter(request.query);
  const action = found(
    offeredActions(response, filter.status, filter.unconfirmed).find((each) => each === request.query.action),
  );
  const called = filter.unconfirmed && action === 'spam' ? 'confirm' : action;
  const subject = filter.like && (await loadSubject(db, { id: filter.like.commentId, owner }));
  const post = filter.postId === undefined ? undefined : await findPostById(db, filter.postId);
  const { askedAt, throughEvent, expected } = await askFor(db, { owner, filter, subject, at: now() });
  sendPage(response, questionView, {
    title: frameOf(response).t(`sweep.ask.${called}`, { count: expected }),
    hiddenFromSearch: true,
    action,
    called,
    status: filter.status,
    expected,
    filters: wordFilters(filter, { title: post?.title, name: subject?.name }).map(({ words }) => words),
    fields: {
      ...filterFields(filter),
      key: randomUUID(),
      asked: String(askedAt.getTime()),
      through: String(throughEvent),
      expected: String(expected),
    },
    back: queueHref(filter),
  });
}

async function beginSweep({ db, now }: AppContext, request: Request, response: Response): Promise<void> {
  const filter = readFilter(request.body);
  const back = { href: queueHref(filter), label: frameOf(response).t('overtaken.back') };
  const refuse = (why: Message) => sendNotDone(request, response, { why, back, status: 422 });
  const read = readBulkDecision(request.body);
  if ('key' in read) return refuse(read);
  const { action, reason, note } = read.decision;
  if (!offeredActions(response, filter.status, filter.unconfirmed).includes(action))
    return refuse({ key: 'decision.unknownAction' });
  const asked = readFields(request.body, ['key', 'asked', 'through', 'expected']);
  // On a site where nothing has happened yet there is no last event.
  const throughEvent = asked.through === '0' ? 0 : readId(asked.through);
  const expected = readId(asked.expected);
  if (throughEvent === undefined || expected === undefined) return refuse({ key: 'sweep.nothingMatches' });
  const form = {
    key: isUuid(asked.key) ? asked.key : randomUUID(),
    askedAt: new Date(Math.min(now().getTime(), /^\d{1,15}$/.test(asked.asked) ? Number(asked.asked) : Infinity)),
    ...{ filter, action, reason, note, throughEvent, expected },
  };
  const id = await startSweep(db, { form, moderator: moderatorOf(response), now: now() });
  response.redirect(303, `/moderation/sweeps/${found(id)}`);
}

async function showSweep({ db }: AppContext, request: Request, response: Response): Promise<void> {
  const sweep = await findOwn(db, request, response);
  const { t } = frameOf(response);
  const back = sweep.person_id === null ? queueHref(readFilter(sweep.filter ?? {})) : personHref(sweep.person_id);
  const eventId = sweep.state === 'running' || sweep.decided === 0 ? undefined : await findEventOf(db, sweep.batch);
  if (sweep.state === 'running') response.set('Refresh', String(refreshSeconds));
  const heading = t(`sweep.title.${sweep.state}`);
  const progress = presentProgress(sweep);
  sendPage(response, sweepView, {
    // The page comes again and again: its title, said first each time, tells how far it is.
    title: sweep.state === 'running' ? t(progress.words.key, progress.words.values) : heading,
    heading,
    hiddenFromSearch: true,
    progress,
    offer: eventId === undefined ? undefined : offerUndo({ eventId, back }),
    back,
  });
}

async function stopSweep({ db, now }: AppContext, request: Request, response: Response): Promise<void> {
  const { id } = await findOwn(db, request, response);
  await endSweep(db, { id, state: 'stopped', now: now() });
  response.redirect(303, `/moderation/sweeps/${id}`);
}

/** @throws NotFound where there is none, or it is another one's and beyond who asks. */
async function findOwn(db: AppContext['db'], request: Request, response: Response): Promise<Sweep> {
  const sweep = found(await findSweep(db, found(readId(request.params.id))));
  const { viewer, reach } = moderatorOf(response);
  if (sweep.account_id !== viewer.id && reach !== 'all') throw notFound();
  return sweep;
}
