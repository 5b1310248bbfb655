import type { ToldAppeal } from '../appeals/queries.ts';
import { appealHref, explainAppeal, isAppealable } from '../appeals/standing.ts';
import { whyNotEdited } from '../comments/editing.ts';
import { explainHold, explainWait } from '../comments/explain.ts';
import type { Verdict } from '../comments/judge.ts';
import type { CommentStatus } from '../comments/lifecycle.ts';
import type { Deciding } from '../events/deciding.ts';
import { explainDecision } from '../events/explain-decision.ts';
import type { Message } from '../http/messages.ts';
import { hrefOf } from '../posts/addresses.ts';
import { stateOf } from '../posts/publication.ts';
import { type TrustedHtml, trustStored } from '../text/trusted-html.ts';
import type { WrittenComment } from './written-queries.ts';

/** A comment of one's own, as the page lists it. */
export interface WrittenView {
  readonly id: number;
  readonly status: CommentStatus;
  /** Why it stands where it stands, and what comes next. */
  readonly why: readonly Message[];
  readonly name: string;
  readonly addressConfirmed: boolean;
  readonly html: TrustedHtml;
  readonly createdAt: Date;
  /** Paths of what can be done with it; undefined where that is not possible any more. */
  readonly editHref: string | undefined;
  readonly deleteHref: string;
  /** Path of the form that says something against the decision; undefined where that was done, or is not possible. */
  readonly appealHref: string | undefined;
  /** The post that it is about; undefined where readers do not see that at present. */
  readonly post: { readonly title: string; readonly href: string } | undefined;
  /** Path of the comment in its conversation; undefined where this browser does not find it there. */
  readonly href: string | undefined;
}

/** What was looked up for the comments of a page. */
export interface WrittenFindings {
  readonly judgements: ReadonlyMap<number, Pick<Verdict, 'rule' | 'numbers'>>;
  readonly deciding: ReadonlyMap<number, Deciding>;
  /** The appeals against what was decided, by the deciding event. */
  readonly appeals: ReadonlyMap<number, ToldAppeal>;
  /** Seconds that a decision usually takes, as far as that is known. */
  readonly usualWait: number | undefined;
}

/** What is shown of a held comment where its conversation stands: to the browser that wrote it. */
const foundHere: readonly CommentStatus[] = ['pending', 'rejected', 'removed'];

/** Makes a comment of one's own ready to print. */
export function presentWritten(
  comment: WrittenComment,
  {
    browserId,
    editMinutes,
    findings,
    now,
  }: { browserId: number; editMinutes: number; findings: WrittenFindings; now: Date },
): WrittenView {
  const published = stateOf(comment, now) === 'published';
  const here = comment.browser_id === browserId && foundHere.includes(comment.status);
  return {
    id: comment.id,
    status: comment.status,
    why: explainStatus(comment, findings),
    name: comment.name,
    addressConfirmed: comment.email_proved,
    html: trustStored(comment.html),
    createdAt: comment.created_at,
    editHref: published && isEditable(comment, editMinutes, now) ? `/comments/${comment.id}/edit` : undefined,
    deleteHref: `/comments/${comment.id}/delete`,
    appealHref: mayAppeal(comment, findings) ? appealHref(comment.id) : undefined,
    post: published
      ? { title: comment.post_title, href: hrefOf({ kind: comment.post_kind, slug: comment.post_slug }) }
      : undefined,
    href: published && (comment.status === 'approved' || here) ? `/comments/${comment.id}` : undefined,
  };
}

// Whether its conversation is closed meanwhile, the form says.
function isEditable({ status, created_at }: WrittenComment, editMinutes: number, now: Date): boolean {
  return whyNotEdited({ status, createdAt: created_at, closed: false, editMinutes, edits: 0 }, now) === undefined;
}

function mayAppeal({ id, status }: WrittenComment, { deciding, appeals }: WrittenFindings): boolean {
  const decision = deciding.get(id);
  return decision !== undefined && isAppealable(status) && !appeals.has(decision.eventId);
}

function explainStatus({ id, status }: WrittenComment, findings: WrittenFindings): Message[] {
  const decision = findings.deciding.get(id);
  const appeal = findings.appeals.get(decision?.eventId ?? 0);
  switch (status) {
    case 'pending': {
      const why = explainHold({ deciding: decision, judgement: findings.judgements.get(id) });
      return [...why, explainWait(findings.usualWait)];
    }
    case 'rejected':
    case 'removed':
    case 'spam':
      return [{ key: `mine.why.${status}` }, ...explainDecision(decision), ...(appeal ? explainAppeal(appeal) : [])];
    default:
      return decision?.rule?.rule === 'appeal' ? [{ key: 'appeal.overturned' }] : [];
  }
}
