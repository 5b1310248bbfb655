import type { LatestRevision } from '../comments/editing-queries.ts';
import type { CommentStatus, ModeratorAction } from '../comments/lifecycle.ts';
import type { Judged } from '../comments/queries.ts';
import { describeEvent } from '../events/describe.ts';
import { explainRule } from '../events/explain-decision.ts';
import type { ToldEvent } from '../events/queries.ts';
import type { Dates } from '../http/dates.ts';
import type { Message } from '../http/messages.ts';
import { explainFeature } from '../learner/explain.ts';
import { hrefOf } from '../posts/addresses.ts';
import { type TrustedHtml, trustStored } from '../text/trusted-html.ts';
import { type Colleague, type HandedOver, reachesPostOf } from './hand-over.ts';
import type { ColleagueNote } from './notes.ts';
import { personHref } from './person-addresses.ts';
import { type QueueRow, recordLength } from './queries.ts';

/** A comment in the queue, with all that helps to decide. */
export interface QueueItem {
  readonly id: number;
  readonly status: CommentStatus;
  /** Why it stands where it stands: the rule that held it, or what was done last. */
  readonly why: readonly Message[];
  readonly name: string;
  readonly website: string | null;
  readonly html: TrustedHtml;
  readonly createdAt: Date;
  /** What it said before its last edit, perhaps shortened, and until when; undefined where it was never edited. */
  readonly earlier:
    | {
        readonly count: number;
        readonly text: string;
        readonly until: Date;
        /** Where all of it can be read; undefined where this is all. */
        readonly allHref: string | undefined;
      }
    | undefined;
  readonly post: { readonly id: number; readonly title: string; readonly href: string };
  /** What it answers; undefined for a reply to the post; without content where that is not shown. */
  readonly parent: { readonly content: { readonly name: string; readonly html: TrustedHtml } | undefined } | undefined;
  /** To whom it was handed, in a sentence, and what was said along with it; undefined: to nobody. */
  readonly handed:
    | { readonly told: Message; readonly note: string; readonly toId: number; readonly toViewer: boolean }
    | undefined;
  /** To whom it can be handed; nobody where it does not wait. */
  readonly colleagues: readonly Pick<Colleague, 'id' | 'name'>[];
  /** What colleagues noted about it, and about who wrote it. */
  readonly notes: readonly (ColleagueNote & { readonly own: boolean })[];
  /** Whether something is known of who wrote it, to be noted about. */
  readonly personKnown: boolean;
  /** How other comments of its writer fared. */
  readonly record: Message;
  /** Where more is said of its writer, for who may decide about people; undefined for the staff. */
  readonly personHref: string | undefined;
  readonly actions: readonly ModeratorAction[];
  /** The last event, which a decision says that it has seen. */
  readonly seen: number | undefined;
}

/** So much of what weighed for or against a comment is said beside it. */
const mostWeighed = 3;

/** What was looked up for the rows of a page, by comment. */
export interface QueueFindings {
  readonly judgements: ReadonlyMap<number, Judged>;
  readonly events: ReadonlyMap<number, ToldEvent>;
  readonly revisions: ReadonlyMap<number, LatestRevision>;
  readonly records: ReadonlyMap<number, Partial<Record<CommentStatus, number>>>;
  readonly notes: ReadonlyMap<number, readonly ColleagueNote[]>;
  readonly handOvers: ReadonlyMap<number, HandedOver>;
  readonly colleagues: readonly Colleague[];
  readonly viewerId: number;
  readonly authorsModerate: boolean;
}

/** Makes a row of the queue ready to print. */
export function presentQueueItem(
  row: QueueRow,
  findings: QueueFindings,
  { dates, judgesPeople, actions }: { dates: Dates; judgesPeople: boolean; actions: readonly ModeratorAction[] },
): QueueItem {
  const parent =
    row.parent_name === null || row.parent_html === null
      ? undefined
      : { name: row.parent_name, html: trustStored(row.parent_html) };
  return {
    id: row.id,
    status: row.status,
    why: explainStanding(row, findings, dates),
    name: row.name,
    website: row.website,
    html: trustStored(row.html),
    createdAt: row.created_at,
    earlier: shortenEarlier(findings.revisions.get(row.id)),
    post: { id: row.post_id, title: row.post_title, href: hrefOf({ kind: row.post_kind, slug: row.post_slug }) },
    parent: row.parent_id === null ? undefined : { content: parent },
    handed: handedOf(findings.handOvers.get(row.id), findings),
    colleagues: colleaguesFor(row, findings),
    notes: (findings.notes.get(row.id) ?? []).map((note) => ({ ...note, own: note.writerId === findings.viewerId })),
    personKnown: row.browser_id !== null,
    record: recordOf(row, findings),
    personHref: judgesPeople && row.account_id === null ? personHref(row.id) : undefined,
    actions,
    seen: row.seen ?? undefined,
  };
}

function explainStanding({ id }: QueueRow, { judgements, events }: QueueFindings, dates: Dates): Message[] {
  const event = events.get(id);
  const judgement = judgements.get(id);
  const heldNow =
    event?.action === 'hold' && event.rule !== null ? { rule: event.rule, numbers: event.numbers } : judgement;
  const why: Message[] = heldNow ? [explainRule(heldNow)] : [];
  if (judgement && heldNow === judgement) why.push(...explainToStaff(judgement));
  if (!event || event.action === 'post') return why;
  if (event.reason) why.push({ key: 'queue.reason', values: { reason: event.reason } });
  if (event.note) why.push({ key: 'queue.note', values: { note: event.note } });
  return [describeEvent(event, dates), ...why];
}

// What tells spammers too much: the entry of a list that was found, to what place others led, the score and what weighed most.
function explainToStaff({ rule, detail, facts: { score = 0, weighed = [], leads = [] } }: Judged): Message[] {
  if (detail !== undefined) return [{ key: 'rule.detail', values: { detail } }];
  if (rule === 'campaign')
    return leads.map(({ place, others, spam }) => ({ key: 'rule.led', values: { place, others, spam } }));
  if (rule !== 'learned') return [];
  const most = weighed.slice(0, mostWeighed).map(({ feature }) => explainFeature(feature));
  return [{ key: 'rule.scored', values: { score } }, ...most];
}

function handedOf(handOver: HandedOver | undefined, { viewerId }: QueueFindings): QueueItem['handed'] {
  if (!handOver) return undefined;
  const { to_id: toId, to_name: to, by_name: by, note } = handOver;
  const toViewer = toId === viewerId;
  const told: Message = toViewer ? { key: 'hand.toYou', values: { by } } : { key: 'hand.toOther', values: { to, by } };
  return { told, note, toId, toViewer };
}

function colleaguesFor(row: QueueRow, { colleagues, authorsModerate }: QueueFindings): readonly Colleague[] {
  if (row.status !== 'pending') return [];
  return colleagues.filter((colleague) => reachesPostOf(colleague, row.post_id, authorsModerate));
}

function shortenEarlier(revision: LatestRevision | undefined): QueueItem['earlier'] {
  if (!revision) return undefined;
  const { comment_id, count, beginning, cut, replaced_at } = revision;
  return {
    count,
    text: cut ? `${beginning}…` : beginning,
    until: replaced_at,
    allHref: cut || count > 1 ? `/moderation/comments/${comment_id}/revisions` : undefined,
  };
}

function recordOf(row: QueueRow, { records }: QueueFindings): Message {
  if (row.account_id !== null) return { key: 'queue.record.staff' };
  if (row.browser_id === null) return { key: 'queue.record.unknown' };
  // Spam that has expired was spam.
  const { expired = 0, spam = 0, ...others } = records.get(row.id) ?? {};
  const counts = { approved: 0, rejected: 0, removed: 0, pending: 0, deleted: 0, ...others, spam: spam + expired };
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  if (total === 0) return { key: 'queue.record.first' };
  return total < recordLength
    ? { key: 'queue.record', values: counts }
    : { key: 'queue.record.long', values: { ...counts, total } };
}
