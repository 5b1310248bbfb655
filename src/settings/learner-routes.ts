import { type Response, Router } from 'express';
import { signedInViewer } from '../accounts/viewer.ts';
import type { AppContext } from '../context.ts';
import { offerUndo } from '../events/offer-undo.ts';
import { found, HttpError } from '../http/errors.ts';
import { readFields } from '../http/fields.ts';
import { leaveNotice } from '../http/notice.ts';
import { defineView, frameOf, sendPage } from '../http/render.ts';
import { explainFeature } from '../learner/explain.ts';
import { countDue, loadTotal, type Total } from '../learner/queries.ts';
import { isTrained, leastOfEach, type Weighed } from '../learner/score.ts';
import { sendChart } from '../overview/chart-view.ts';
import { loadRules } from '../rules/queries.ts';
import { choiceOf, type RuleChoice } from '../rules/rule.ts';
import { saveRules } from '../rules/save-rules.ts';
import { siteOf } from '../site/current.ts';
import { isUuid } from '../text/uuid.ts';
import { createEvaluation, type Evaluation, leastTold } from './learner-evaluation.ts';
import {
  checkThresholds,
  fieldsOf,
  readThresholds,
  type ThresholdError,
  type ThresholdFields,
  withThresholds,
} from './learner-thresholds.ts';
import { type ToldOutcomes, tellOutcomes, tellThresholds } from './learner-told.ts';

interface LearnerPage {
  /** Whether it is on, and how much it has learned, in a sentence. */
  readonly state: string;
  readonly imported: boolean;
  /** How many changes are yet to be learned. */
  readonly due: number;
  /** How well it does; undefined while it is off. */
  readonly proof:
    | (Pick<ToldOutcomes, 'statement' | 'rows'> & {
        readonly intro: string;
        readonly image: { readonly href: string; readonly width: number; readonly height: number };
        /** What is set would have done, a sentence each. */
        readonly chosen: readonly string[];
        readonly heaviestIntro: string;
        readonly forSpam: readonly string[];
        readonly forGood: readonly string[];
      })
    | undefined;
  readonly values: ThresholdFields;
  /** Of the rules that the form was filled with. */
  readonly token: string;
  readonly errors: readonly ThresholdError[];
  /** Whether somebody else saved settings meanwhile. */
  readonly overtaken: boolean;
}

const learnerView = defineView<LearnerPage>('settings/learner');
const path = '/settings/rules/learner';

/**
 * `GET /settings/rules/learner` tells what has been learned and how well it does, with a chart of its own, and `POST` sets from
 * which scores on something happens. For owners: stands behind the guard of `/settings`.
 */
export function learnerRoutes({ db, now }: Pick<AppContext, 'db' | 'now'>): Router {
  const evaluate = createEvaluation(db);
  const router = Router();

  router.get(path, async (_request, response) => {
    await send(response, { token: siteOf(response).rules_token });
  });

  router.get(`${path}/scores.svg`, async (_request, response) => {
    const { judged } = found(await evaluate(await loadTotal(db)));
    const { draw, statement } = tellOutcomes(judged, frameOf(response));
    sendChart(response, { chart: draw(), title: statement });
  });

  router.post(path, async (request, response) => {
    const { token } = readFields(request.body, ['token']);
    if (!isUuid(token)) throw new HttpError(400);
    const values = readThresholds(request.body);
    const checked = checkThresholds(values);
    if (Array.isArray(checked)) return send(response, { values, token, errors: checked }, 422);
    const rules = withThresholds(await loadRules(db), { thresholds: checked, on: values.on === 'on' });
    const actorId = signedInViewer(response).id;
    const outcome = await saveRules(db, { rules, token: token.toLowerCase(), actorId, now: now() });
    if (outcome.kind === 'overtaken')
      return send(response, { values, token: siteOf(response).rules_token, overtaken: true }, 409);
    leaveNotice(request, { key: 'learner.saved', offer: offerUndo({ eventId: outcome.eventId, back: path }) });
    response.redirect(303, path);
  });

  async function send(
    response: Response,
    page: Pick<LearnerPage, 'token'> & Partial<Pick<LearnerPage, 'values' | 'errors' | 'overtaken'>>,
    status = 200,
  ): Promise<void> {
    const { t } = frameOf(response);
    const total = await loadTotal(db);
    const rules = await loadRules(db);
    const evaluation = await evaluate(total);
    const told = {
      state: tellState(response, total),
      imported: total.imported,
      due: await countDue(db),
      proof: evaluation && proofOf(response, evaluation, rules),
    };
    const form = { values: fieldsOf(rules), errors: [], overtaken: false, ...page };
    sendPage(response, learnerView, { title: t('learner.title'), hiddenFromSearch: true, ...told, ...form }, status);
  }

  return router;
}

function tellState(response: Response, { spam, good }: Total): string {
  const { t } = frameOf(response);
  return isTrained({ spam, good })
    ? t('learner.on', { spam, good })
    : t('learner.off', { spam, good, least: leastOfEach });
}

function proofOf(
  response: Response,
  { judged, forSpam, forGood }: Evaluation,
  rules: readonly RuleChoice[],
): LearnerPage['proof'] {
  const frame = frameOf(response);
  const { t } = frame;
  const { draw, ...told } = tellOutcomes(judged, frame);
  const { width, height } = draw();
  const worded = (weighed: readonly Weighed[]) =>
    weighed.map(({ feature }) => {
      const { key, values } = explainFeature(feature);
      return t(key, values);
    });
  return {
    ...told,
    intro: t('learner.proofIntro', { count: judged.length }),
    image: { href: `${path}/scores.svg`, width, height },
    chosen: tellThresholds(choiceOf(rules, 'learned').settings, { judged, t }),
    heaviestIntro: t('learner.heaviestIntro', { least: leastTold }),
    forSpam: worded(forSpam),
    forGood: worded(forGood),
  };
}
