import { isDeepStrictEqual } from 'node:util';
import { type Request, type Response, Router } from 'express';
import { signedInViewer } from '../accounts/viewer.ts';
import { publicAddress } from '../config.ts';
import type { AppContext } from '../context.ts';
import { offerUndo } from '../events/offer-undo.ts';
import { found, HttpError } from '../http/errors.ts';
import { readFields } from '../http/fields.ts';
import { leaveNotice } from '../http/notice.ts';
import { defineView, frameOf, sendPage } from '../http/render.ts';
import { shortly } from '../outside/ask.ts';
import { hasKey } from '../outside/keys.ts';
import { readServiceUrl } from '../outside/service.ts';
import { startReplay } from '../replay/run.ts';
import { loadRules } from '../rules/queries.ts';
import { choiceOf, type RuleChoice } from '../rules/rule.ts';
import { changesBetween, saveRules } from '../rules/save-rules.ts';
import { siteOf } from '../site/current.ts';
import { nameField } from '../site/name-field.ts';
import { isUuid } from '../text/uuid.ts';
import { checkKey } from './outside-key.ts';
import { replayHref } from './replay-routes.ts';
import { type Over, offeredScopes, readOver } from './replay-scopes.ts';
import { keyField, listFields } from './rule-fields.ts';
import { areRules, checkRules, formOf, moveRule, type RuleError, type RulesForm, readRules } from './rules-form.ts';
import { presentRules, type RuleItem } from './rules-view.ts';

interface RulesPage {
  readonly rules: readonly RuleItem[];
  readonly order: string;
  /** Of the rules that the form was filled with. */
  readonly token: string;
  readonly errors: readonly RuleError[];
  /** What was moved last, and which way, as its button says; empty: nothing. The focus stays with it. */
  readonly moved: string;
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
export function rulesRoutes({ db, config, now }: Pick<AppContext, 'db' | 'config' | 'now'>): Router {
  const siteAddress = publicAddress(config);
  const router = Router();

  router.get('/settings/rules', async (_request, response) => {
    await send(response, { form: formOf(await loadRules(db)), token: siteOf(response).rules_token });
  });

  router.get('/settings/rules/lists/:field.txt', async (request, response) => {
    const { values } = formOf(await loadRules(db));
    const list = found(listFields().find((each) => each === request.params.field));
    response.attachment(`${list}.txt`).type('text/plain').send(`${values[list]}\n`);
  });

  router.post('/settings/rules/arrange', async (request, response) => {
    const { form, key, token, over } = await readForm(request);
    const { move } = readFields(request.body, ['move']);
    await send(response, { form: moveRule(form, move), key, token, over, moved: move, unsaved: true });
  });

  router.post('/settings/rules', async (request, response) => {
    const { form, key, token, over, stored } = await readForm(request);
    const checked = checkRules(form, { key });
    if (!areRules(checked)) return send(response, { form, key, token, over, errors: checked, unsaved: true }, 422);

    const actorId = signedInViewer(response).id;
    const outcome = await saveRules(db, { rules: checked, token, outsideKey: key || undefined, actorId, now: now() });
    if (outcome.kind === 'overtaken') {
      const { t } = frameOf(response);
      const overtaken = Object.keys(changesBetween(outcome.theirs, checked)).map((field) => t(nameField(field)));
      return send(response, { form, key, token: siteOf(response).rules_token, over, unsaved: true, overtaken }, 409);
    }
    const [before, after] = [choiceOf(stored, 'outside'), choiceOf(checked, 'outside')];
    const isNew = key !== '' || (after.enabled && !isDeepStrictEqual(before, after));
    const complaint = isNew ? await checkKey({ db, network: shortly, siteAddress }, after.settings) : undefined;
    leaveNotice(request, {
      key: complaint ?? 'rules.saved',
      offer: offerUndo({ eventId: outcome.eventId, back: '/settings/rules' }),
    });
    response.redirect(303, '/settings/rules');
  });

  router.post('/settings/rules/replay', async (request, response) => {
    const { form, key, token, over } = await readForm(request);
    const rules = checkRules(form, { key });
    if (!areRules(rules)) return send(response, { form, key, token, over, errors: rules, unsaved: true }, 422);
    const actorId = signedInViewer(response).id;
    const id = await startReplay(db, { rules, token, scope: offeredScopes[over], actorId, now: now() });
    response.redirect(303, replayHref(id));
  });

  async function readForm({
    body,
  }: Request): Promise<{ form: RulesForm; key: string; token: string; over: Over; stored: readonly RuleChoice[] }> {
    const { token, [keyField]: key } = readFields(body, ['token', keyField]);
    if (!isUuid(token)) throw new HttpError(400);
    const stored = await loadRules(db);
    return {
      form: readRules(
        body,
        stored.map(({ name }) => name),
      ),
      key: key.trim(),
      token: token.toLowerCase(),
      over: readOver(body),
      stored,
    };
  }

  async function send(
    response: Response,
    {
      form,
      key = '',
      token,
      errors = [],
      moved = '',
      unsaved = false,
      over = 'comments',
      overtaken,
    }: { form: RulesForm; key?: string; token: string } & Partial<
      Pick<RulesPage, 'errors' | 'moved' | 'unsaved' | 'over' | 'overtaken'>
    >,
    status = 200,
  ): Promise<void> {
    const { t } = frameOf(response);
    const service = readServiceUrl(form.values['outside.url'] ?? '');
    const keyState = key !== '' ? 'typed' : 'url' in service && (await hasKey(db, service.url)) ? 'stored' : 'missing';
    const page = {
      rules: presentRules(form, { errors, keyState, t }),
      order: form.order.join(' '),
      token,
      errors,
      moved,
      unsaved,
      over,
      scopes: Object.keys(offeredScopes) as Over[],
      overtaken,
    };
    sendPage(response, rulesView, { title: t('rules.title'), hiddenFromSearch: true, ...page }, status);
  }

  return router;
}
