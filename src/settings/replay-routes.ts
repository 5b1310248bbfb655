import { Router } from 'express';
import type { AppContext } from '../context.ts';
import { found } from '../http/errors.ts';
import { readId } from '../http/fields.ts';
import { defineView, frameOf, sendPage } from '../http/render.ts';
import { findNamed } from '../replay/named-comments.ts';
import { findProgress, findReplay, type ReplayProgress } from '../replay/queries.ts';
import { overOf } from './replay-scopes.ts';
import { namedIn, presentReplay, type ReplayReport } from './replay-view.ts';
import { formOf } from './rules-form.ts';

interface RunningPage {
  /** The first heading; the title says how far it is. */
  readonly heading: string;
  readonly progress: ReplayProgress;
  readonly href: string;
}

interface ReplayPage {
  readonly report: ReplayReport;
  /** The rules as they were typed, as fields of the form. */
  readonly fields: Readonly<Record<string, string>>;
}

const runningView = defineView<RunningPage>('settings/replay-running');
const replayView = defineView<ReplayPage>('settings/replay');

/**
 * After so many seconds the page of a replay asks for itself again: no script is needed for that. What is short is over by then, and
 * over what takes longer somebody wants to read the page in peace.
 */
const refreshSeconds = ({ expected }: ReplayProgress) => (expected > 10_000 ? 5 : 1);

/** Where one sees what rules would have done. */
export function replayHref(id: number): string {
  return `/settings/rules/replays/${id}`;
}

/**
 * `GET /settings/rules/replays/:id`: how far a replay is, and then what the rules would have done, with the same form to save
 * them or to go on with. For owners: stands behind the guard of `/settings`.
 */
export function replayRoutes({ db }: Pick<AppContext, 'db'>): Router {
  const router = Router();

  router.get('/settings/rules/replays/:id', async (request, response) => {
    const id = found(readId(request.params.id));
    const progress = found(await findProgress(db, id));
    const { t } = frameOf(response);
    const head = { title: t('replay.title'), hiddenFromSearch: true };
    if (progress.state === 'running') {
      response.set('Refresh', String(refreshSeconds(progress)));
      const { done, expected } = progress;
      // The page comes again and again: its title, said first each time, tells how far it is.
      const running = { title: t('replay.progress', { done, expected }), heading: head.title };
      return sendPage(response, runningView, { ...head, ...running, progress, href: replayHref(id) });
    }
    const { candidate, rules_token: token, scope, tally } = found(await findReplay(db, id));
    const { order, values } = formOf(candidate);
    const named = await findNamed(db, namedIn(tally));
    sendPage(response, replayView, {
      ...head,
      report: presentReplay(tally, { scope, named }),
      fields: { token, order: order.join(' '), over: overOf(scope), ...values },
    });
  });

  return router;
}
