import { type Request, type Response, Router } from 'express';
import { requirePermission, signedInViewer, viewerReach } from '../accounts/viewer.ts';
import type { AppContext } from '../context.ts';
import { offerUndo } from '../events/offer-undo.ts';
import { readFields } from '../http/fields.ts';
import { leaveNotice } from '../http/notice.ts';
import { defineView, frameOf, sendPage } from '../http/render.ts';
import { hrefOf } from '../posts/addresses.ts';
import type { PostForReading } from '../posts/queries.ts';
import type { PostKind } from '../posts/table.ts';
import { loadRules } from '../rules/queries.ts';
import type { RuleSwitches, SettableRule } from '../rules/rule.ts';
import { backToPost } from './closing-place.ts';
import { findModerated } from './find-moderated.ts';
import { sendNotDone } from './not-done.ts';
import { setRuleSwitches } from './rule-switches.ts';

/** What a conversation can say of a rule. */
const choices = ['site', 'on', 'off'] as const;

interface SwitchesPage {
  readonly postTitle: string;
  readonly postHref: string;
  readonly action: string;
  readonly rules: readonly {
    readonly name: SettableRule;
    /** What the site says. */
    readonly enabled: boolean;
    readonly choice: (typeof choices)[number];
  }[];
  readonly choices: typeof choices;
}

const switchesView = defineView<SwitchesPage>('moderation/rule-switches');

// Reports are judged for the whole site at once.
const withoutSwitch: readonly SettableRule[] = ['reports'];

/** Which rules hold on one conversation: `GET` and `POST /posts/:slug/rules`; for a page, below its own path. */
export function ruleSwitchRoutes(context: AppContext): Router {
  const router = Router();
  const guard = requirePermission('close');
  for (const [path, kind] of [['/posts/:slug/rules', 'post'] as const, ['/:slug/rules', 'page'] as const]) {
    router.get(path, guard, (request, response) => show(context, request, response, kind));
    router.post(path, guard, (request, response) => change(context, request, response, kind));
  }
  return router;
}

async function show(context: AppContext, request: Request, response: Response, kind: PostKind): Promise<void> {
  const post = await findModerated(context, request, response, kind, 'close');
  const [rules, switches] = await Promise.all([loadRules(context.db), findSwitches(context, post)]);
  const page: SwitchesPage = {
    postTitle: post.title,
    postHref: hrefOf(post),
    action: `${hrefOf(post)}/rules`,
    choices,
    rules: rules
      .filter(({ name }) => !withoutSwitch.includes(name))
      .map(({ name, enabled }) => ({ name, enabled, choice: toChoice(switches[name]) })),
  };
  sendPage(response, switchesView, { title: frameOf(response).t('switches.title'), hiddenFromSearch: true, ...page });
}

async function change(context: AppContext, request: Request, response: Response, kind: PostKind): Promise<void> {
  const post = await findModerated(context, request, response, kind, 'close');
  const names = (await loadRules(context.db)).map(({ name }) => name).filter((name) => !withoutSwitch.includes(name));
  const typed = readFields(request.body, names);
  const switches: RuleSwitches = Object.fromEntries(
    names.filter((name) => typed[name] === 'on' || typed[name] === 'off').map((name) => [name, typed[name] === 'on']),
  );
  const moderator = { viewer: signedInViewer(response), reach: viewerReach(response, 'close') };
  const asked = { conversationId: post.conversation_id, switches, moderator, now: context.now() };
  const set = await setRuleSwitches(context.db, asked);
  const back = backToPost(response, post);
  if (set === 'above') return sendNotDone(request, response, { why: { key: 'decision.above' }, back, status: 403 });
  const href = `${hrefOf(post)}/rules`;
  const offer = set === 'unchanged' ? undefined : offerUndo({ eventId: set, back: href });
  leaveNotice(request, { key: 'switches.saved', offer });
  response.redirect(303, href);
}

async function findSwitches({ db }: AppContext, post: PostForReading): Promise<RuleSwitches> {
  const query = db.selectFrom('conversation').select('rule_switches').where('id', '=', post.conversation_id);
  return (await query.executeTakeFirstOrThrow()).rule_switches;
}

function toChoice(value: boolean | undefined): (typeof choices)[number] {
  return value === undefined ? 'site' : value ? 'on' : 'off';
}
