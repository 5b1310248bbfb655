import { type Request, type Response, Router } from 'express';
import { requirePermission, signedInViewer } from '../accounts/viewer.ts';
import type { AppContext } from '../context.ts';
import { describeEvent } from '../events/describe.ts';
import { offerUndo } from '../events/offer-undo.ts';
import { found } from '../http/errors.ts';
import { readId } from '../http/fields.ts';
import { leaveNotice } from '../http/notice.ts';
import { defineView, frameOf, sendPage } from '../http/render.ts';
import { endStanding } from '../persons/give.ts';
import { sendNotDone } from './not-done.ts';
import { listCurrent, standingRows } from './person-queries.ts';
import { presentStanding, type StandingView } from './standing-view.ts';
import { wayBack } from './way-back.ts';

interface StandingsPage {
  readonly standings: readonly StandingView[];
  readonly here: string;
  readonly nextHref: string | undefined;
}

const standingsView = defineView<StandingsPage>('moderation/people');

/** Who is trusted, held or shut out at present: `GET /moderation/people`; `POST /moderation/people/:id/end` ends it early. */
export function standingRoutes(context: AppContext): Router {
  const router = Router();
  const guard = requirePermission('judge_people');
  router.get('/moderation/people', guard, (request, response) => showStandings(context, request, response));
  router.post('/moderation/people/:id/end', guard, (request, response) => end(context, request, response));
  return router;
}

async function showStandings({ db, now }: AppContext, request: Request, response: Response): Promise<void> {
  const { t, dates } = frameOf(response);
  const after = readId(request.query.after);
  const time = now();
  const rows = await listCurrent(db, { after, now: time });
  const page = rows.slice(0, standingRows);
  const last = rows.length > standingRows ? page.at(-1) : undefined;
  sendPage(response, standingsView, {
    title: t('people.standing.title'),
    hiddenFromSearch: true,
    standings: page.map((row) => presentStanding(row, { dates, now: time })),
    here: after === undefined ? '/moderation/people' : `/moderation/people?after=${after}`,
    nextHref: last && `/moderation/people?after=${last.id}`,
  });
}

async function end({ db, now }: AppContext, request: Request, response: Response): Promise<void> {
  const { t, dates } = frameOf(response);
  const id = found(readId(request.params.id));
  const outcome = found(await endStanding(db, { id, actorId: signedInViewer(response).id, now: now() }));
  const back = wayBack(request);
  if (outcome.kind === 'done') {
    leaveNotice(request, { key: 'person.done.ended', offer: offerUndo({ eventId: outcome.eventId, back }) });
    return response.redirect(303, back);
  }
  const told = outcome.kind === 'overtaken' && outcome.last ? [describeEvent(outcome.last, dates)] : [];
  const way = { href: back, label: t('person.back') };
  sendNotDone(request, response, { why: { key: 'person.overAlready' }, told, back: way, status: 409 });
}
