import { type Request, type Response, Router } from 'express';
import { signedInViewer } from '../accounts/viewer.ts';
import type { AppContext } from '../context.ts';
import { found, HttpError } from '../http/errors.ts';
import { readFields } from '../http/fields.ts';
import { leaveNotice } from '../http/notice.ts';
import { defineView, frameOf, sendPage } from '../http/render.ts';
import { startReplay } from '../replay/run.ts';
import { loadRules } from '../rules/queries.ts';
import { changesBetween, saveRules } from '../rules/save-rules.ts';
import { siteOf } from '../site/current.ts';
import { nameField } from '../site/name-field.ts';
import { isUuid } from '../text/uuid.ts';
import { offerUndo } from './offer-undo.ts';
import { replayHref } from './replay-routes.ts';
import { type Over, offeredScopes, readOver } from './replay-scopes.ts';
import { listFields } from './rule-fields.ts';
import { areRules, checkRules, formOf, moveRule, type RuleError, type RulesForm, readRules } from './rules-form.ts';
import { presentRules, type RuleItem } from './rules-view.ts';

interface RulesPage {
  readonly rules: readonly RuleItem[];
  readonly order: string;
  /** Of the rules that the form was filled with. */
  readonly token: string;
  readonly errors: readonly RuleError[];
  /** Whether the form holds what is not saved yet. */
  readonly unsaved: boolean;
  /** To which comments the rules are tried on, of those that there are. */
  readonly over: Over;
  readonly scopes: readonly Over[];
  /** Titles of the rules that somebody else has saved otherwise meanwhile; undefined: nobody has. */
  readonly overtaken: readonly string[] | undefined;
}

const rulesView = defineView<RulesPage>('settings/rules');

/**
 * `GET` and `POST /settings/rules`; `POST /settings/rules/arrange`, which moves one without saving; `POST /settings/rules/replay`,
 * which tries them; and `GET /settings/rules/lists/:field.txt`, a list as a file. For owners: stands behind the guard of `/settings`.
 */
export function rulesRoutes({ db, now }: Pick<AppContext, 'db' | 'now'>): Router {
  const router = Router();

  router.get('/settings/rules', async (_request, response) => {
    send(response, { form: formOf(await loadRules(db)), token: siteOf(response).rules_token });
  });

  router.get('/settings/rules/lists/:field.txt', async (request, response) => {
    const { values } = formOf(await loadRules(db));
    const list = found(listFields().find((each) => each === request.params.field));
    response.attachment(`${list}.txt`).type('text/plain').send(`${values[list]}\n`);
  });

  router.post('/settings/rules/arrange', async (request, response) => {
    const { form, ...rest } = await readForm(request);
    const { move } = readFields(request.body, ['move']);
    send(response, { form: moveRule(form, move), ...rest, unsaved: true });
  });

  router.post('/settings/rules', async (request, response) => {
    const { form, token, over } = await readForm(request);
    const checked = checkRules(form);
    if (!areRules(checked)) return send(response, { form, token, over, errors: checked, unsaved: true }, 422);

    const actorId = signedInViewer(response).id;
    const outcome = await saveRules(db, { rules: checked, token, actorId, now: now() });
    if (outcome.kind === 'overtaken') {
      const { t } = frameOf(response);
      const overtaken = Object.keys(changesBetween(outcome.theirs, checked)).map((field) => t(nameField(field)));
      return send(response, { form, token: siteOf(response).rules_token, over, unsaved: true, overtaken }, 409);
    }
    leaveNotice(request, { key: 'rules.saved', offer: offerUndo(outcome.eventId, '/settings/rules') });
    response.redirect(303, '/settings/rules');
  });

  router.post('/settings/rules/replay', async (request, response) => {
    const { form, token, over } = await readForm(request);
    const rules = checkRules(form);
    if (!areRules(rules)) return send(response, { form, token, over, errors: rules, unsaved: true }, 422);
    const actorId = signedInViewer(response).id;
    const id = await startReplay(db, { rules, token, scope: offeredScopes[over], actorId, now: now() });
    response.redirect(303, replayHref(id));
  });

  async function readForm({ body }: Request): Promise<{ form: RulesForm; token: string; over: Over }> {
    const { token } = readFields(body, ['token']);
    if (!isUuid(token)) throw new HttpError(400);
    const stored = await loadRules(db);
    return {
      form: readRules(
        body,
        stored.map(({ name }) => name),
      ),
      token: token.toLowerCase(),
      over: readOver(body),
    };
  }

  function send(
    response: Response,
    {
      form,
      token,
      errors = [],
      unsaved = false,
      over = 'comments',
      overtaken,
    }: { form: RulesForm; token: string } & Partial<Pick<RulesPage, 'errors' | 'unsaved' | 'over' | 'overtaken'>>,
    status = 200,
  ): void {
    const { t } = frameOf(response);
    const page = {
      rules: presentRules(form, { errors, t }),
      order: form.order.join(' '),
      token,
      errors,
      unsaved,
      over,
      scopes: Object.keys(offeredScopes) as Over[],
      overtaken,
    };
    sendPage(response, rulesView, { title: t('rules.title'), hiddenFromSearch: true, ...page }, status);
  }

  return router;
}
