import { type Request, type Response, Router } from 'express';
import { requirePermission } from '../accounts/viewer.ts';
import type { AppealOutcome } from '../appeals/table.ts';
import type { CommentStatus } from '../comments/lifecycle.ts';
import type { AppContext } from '../context.ts';
import { describeEvent } from '../events/describe.ts';
import { offerUndo } from '../events/offer-undo.ts';
import { forbidden, found, notFound } from '../http/errors.ts';
import { readFields, readId } from '../http/fields.ts';
import type { Message } from '../http/messages.ts';
import { leaveNotice } from '../http/notice.ts';
import { defineView, frameOf, sendPage } from '../http/render.ts';
import { hrefOf } from '../posts/addresses.ts';
import { siteOf } from '../site/current.ts';
import { type TrustedHtml, trustStored } from '../text/trusted-html.ts';
import { type AppealRow, appealRows, hasOtherModerator, listAppeals } from './appeal-queries.ts';
import { decideAppeal, wayBackFrom } from './decide-appeal.ts';
import { longestReason } from './form.ts';
import { moderatorOf } from './moderator.ts';
import { sendNotDone } from './not-done.ts';

interface AppealItem {
  readonly id: number;
  readonly commentId: number;
  readonly name: string;
  readonly html: TrustedHtml;
  readonly writtenAt: Date;
  readonly status: CommentStatus;
  readonly post: { readonly title: string; readonly href: string };
  /** What was decided, by whom and why. */
  readonly decision: readonly Message[];
  readonly text: string;
  readonly filedAt: Date;
  /** Whether the reader made the decision, and whether anybody else is to decide on the appeal. */
  readonly own: 'not' | 'only' | 'another';
  readonly mayOverturn: boolean;
}

interface AppealsPage {
  readonly items: readonly AppealItem[];
  readonly here: string;
  readonly nextHref: string | undefined;
}

const appealsView = defineView<AppealsPage>('moderation/appeals');
const here = '/moderation/appeals';
const outcomes: Readonly<Record<string, AppealOutcome>> = { uphold: 'upheld', overturn: 'overturned' };

/** Appeals: `GET /moderation/appeals`, `POST /moderation/appeals/:id/decisions` with `action` (`uphold`, `overturn`), `reason`. */
export function appealDecisionRoutes(context: AppContext): Router {
  const router = Router();
  const guard = requirePermission('moderate');
  router.get(here, guard, (request, response) => showAppeals(context, request, response));
  router.post(`${here}/:id/decisions`, guard, (request, response) => decide(context, request, response));
  return router;
}

async function showAppeals({ db }: AppContext, request: Request, response: Response): Promise<void> {
  const { t, dates } = frameOf(response);
  const owner = moderatorOf(response);
  const after = readId(request.query.after);
  const rows = await listAppeals(db, { owner, after });
  const page = rows.slice(0, appealRows);
  const last = rows.length > appealRows ? page.at(-1) : undefined;
  const authorsModerate = siteOf(response).authors_moderate;
  const accountId = owner.viewer.id;
  const ownOf = async ({ actor_id, post_id: postId }: AppealRow) => {
    if (actor_id !== accountId) return 'not';
    return (await hasOtherModerator(db, { postId, accountId, authorsModerate })) ? 'another' : 'only';
  };
  const items: AppealItem[] = [];
  for (const row of page) {
    items.push({
      id: row.id,
      commentId: row.comment_id,
      name: row.name,
      html: trustStored(row.html),
      writtenAt: row.written_at,
      status: row.status,
      post: { title: row.post_title, href: hrefOf({ kind: row.post_kind, slug: row.post_slug }) },
      decision: [
        describeEvent({ ...row, created_at: row.decided_at }, dates),
        ...(row.reason ? [{ key: 'queue.reason' as const, values: { reason: row.reason } }] : []),
        ...(row.note ? [{ key: 'queue.note' as const, values: { note: row.note } }] : []),
      ],
      text: row.text ?? '',
      filedAt: row.created_at,
      own: await ownOf(row),
      mayOverturn: wayBackFrom(row.status) !== undefined,
    });
  }
  const nextHref = last && `${here}?after=${last.id}`;
  sendPage(response, appealsView, { title: t('appeals.title'), hiddenFromSearch: true, items, here, nextHref });
}

async function decide({ db, now }: AppContext, request: Request, response: Response): Promise<void> {
  const { t, dates } = frameOf(response);
  const back = { href: here, label: t('appeals.back') };
  const id = found(readId(request.params.id));
  const fields = readFields(request.body, ['action', 'reason']);
  const reason = fields.reason.trim();
  const outcome = outcomes[fields.action];
  const wrong = whatIsWrong(outcome, reason);
  if (!outcome || wrong) {
    const why = wrong ?? { key: 'appeals.unknownOutcome' };
    return sendNotDone(request, response, { why, back, status: 422 });
  }
  const authorsModerate = siteOf(response).authors_moderate;
  const decision = { id, outcome, reason, moderator: moderatorOf(response), authorsModerate, now: now() };
  const decided = await decideAppeal(db, decision);
  if (decided.kind === 'unknown') throw notFound();
  if (decided.kind === 'above') throw forbidden({ key: 'decision.above' });
  if (decided.kind === 'own') throw forbidden({ key: 'appeals.decidedByYou' });
  if (decided.kind === 'decided') {
    const { event } = decided;
    const told: Message[] = event
      ? [
          describeEvent(event, dates),
          ...(event.reason ? [{ key: 'queue.reason' as const, values: { reason: event.reason } }] : []),
        ]
      : [];
    const why: Message = { key: 'appeals.decidedMeanwhile' };
    return sendNotDone(request, response, { why, told, back, status: 409 });
  }
  const done = outcome === 'upheld' ? 'uphold' : 'overturn';
  leaveNotice(request, { key: `done.${done}`, offer: offerUndo({ eventId: decided.eventId, back: here }) });
  response.redirect(303, here);
}

function whatIsWrong(outcome: AppealOutcome | undefined, reason: string): Message | undefined {
  if (outcome === 'upheld' && reason === '') return { key: 'appeals.reasonMissing' };
  if ([...reason].length > longestReason) return { key: 'decision.reasonLong', values: { most: longestReason } };
  return undefined;
}
