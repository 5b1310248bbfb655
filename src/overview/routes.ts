import { type Response, Router } from 'express';
import { requirePermission } from '../accounts/viewer.ts';
import type { AppContext } from '../context.ts';
import { found } from '../http/errors.ts';
import { defineView, frameOf, sendPage } from '../http/render.ts';
import { unfiltered } from '../moderation/filter.ts';
import { findMatching } from '../moderation/matching.ts';
import { moderatorOf } from '../moderation/moderator.ts';
import { listQueue, type QueueOwner, sumCounts } from '../moderation/queries.ts';
import { sendChart } from './chart-view.ts';
import { type ToldChart, tellCharts } from './charts.ts';
import { daysShown, figuresOf, lastDays } from './figures.ts';
import { listAnsweredAppeals, listDecisions, listSpamTimes, mostCounted } from './queries.ts';
import { spanOf } from './spans.ts';

interface OverviewPage {
  /** How many wait, and for how long the oldest has, in a sentence. */
  readonly waiting: string;
  readonly intro: string;
  readonly charts: readonly (Omit<ToldChart, 'draw'> & {
    /** The address of the drawing; undefined where there is nothing to draw. */
    readonly image: { readonly href: string; readonly width: number; readonly height: number } | undefined;
  })[];
}

const overviewView = defineView<OverviewPage>('overview/overview');

/** How moderation goes: `GET /moderation/overview`, and its charts `GET /moderation/overview/:chart.svg`. */
export function overviewRoutes(context: AppContext): Router {
  const router = Router();
  router.use('/moderation/overview', requirePermission('moderate'));

  router.get('/moderation/overview', async (_request, response) => {
    const { t } = frameOf(response);
    const [waiting, { charts, cut }] = await Promise.all([
      tellWaiting(context, response),
      loadCharts(context, response),
    ]);
    sendPage(response, overviewView, {
      title: t('overview.title'),
      hiddenFromSearch: true,
      waiting,
      intro: t('overview.intro', { days: daysShown, cut: cut ? 'yes' : 'no', most: mostCounted }),
      charts: charts.map(({ draw, ...told }) => {
        const chart = draw?.();
        const href = `/moderation/overview/${told.name}.svg`;
        return { ...told, image: chart && { href, width: chart.width, height: chart.height } };
      }),
    });
  });

  router.get('/moderation/overview/:chart.svg', async (request, response) => {
    const { charts } = await loadCharts(context, response);
    const told = found(charts.find(({ name }) => name === request.params.chart));
    sendChart(response, { chart: found(told.draw)(), title: told.statement });
  });

  return router;
}

async function loadCharts({ db, now }: AppContext, response: Response): Promise<{ charts: ToldChart[]; cut: boolean }> {
  const frame = frameOf(response);
  const { days, since } = lastDays(now(), frame.timeZone);
  const owner = moderatorOf(response);
  const [{ decisions, cut }, appeals, spam] = await Promise.all([
    listDecisions(db, { owner, since }),
    listAnsweredAppeals(db, { owner, since }),
    listSpamTimes(db, { owner, since }),
  ]);
  const figures = figuresOf({ decisions, appeals, spamTimes: spam.times, days, timeZone: frame.timeZone });
  return { charts: tellCharts(figures, frame), cut: cut || spam.cut };
}

async function tellWaiting({ db, now }: AppContext, response: Response): Promise<string> {
  const owner = moderatorOf(response);
  const [count, [oldest]] = await Promise.all([
    sumCounts(db, { owner, status: 'pending' }),
    findOldest(db, { owner, at: now() }),
  ]);
  const { t } = frameOf(response);
  const age = oldest ? t('overview.span', spanOf((now().getTime() - oldest.created_at.getTime()) / 1000)) : '';
  return t('overview.waiting', { count, age });
}

async function findOldest(db: AppContext['db'], { owner, at }: { owner: QueueOwner; at: Date }) {
  const filter = unfiltered('pending');
  const { ids } = await findMatching(db, { owner, filter, subject: undefined, at, after: undefined, wanted: 1 });
  return listQueue(db, { ids, status: 'pending' });
}
