import type { Dates } from '../http/dates.ts';
import type { Message, Translate } from '../http/messages.ts';
import type { Letter } from '../mail/queue.ts';
import { hrefOf } from '../posts/addresses.ts';
import { excerptOf } from '../text/plain-text.ts';
import { trustStored } from '../text/trusted-html.ts';
import type { Listener } from './audience.ts';
import { daysToConfirm } from './days-to-confirm.ts';
import { type LinkMaker, mailedLink } from './links.ts';
import type { NamedSubscription } from './queries.ts';
import type { Scope, ToldStatus } from './table.ts';

/** In whose name letters are written, and how. */
export interface LetterContext extends LinkMaker {
  /** The site's title. */
  readonly site: string;
  readonly t: Translate;
}

/** A letter without the address that it goes to. */
type Wording = Omit<Letter, 'recipient'>;

/** A comment as letters quote it. */
export interface QuotedComment {
  readonly id: number;
  readonly name: string;
  readonly html: string;
  readonly created_at: Date;
  /** Of the post. */
  readonly title: string;
}

/** Part of a digest: what is new in one conversation. */
export interface DigestGroup {
  readonly title: string;
  readonly kind: 'post' | 'page';
  readonly slug: string;
  readonly comments: readonly QuotedComment[];
  /** How many there are, with those that are not quoted. */
  readonly count: number;
  /** For which subscriptions they are told. */
  readonly subscriptions: readonly { readonly id: number; readonly scope: Scope }[];
}

const excerptLength = { single: 1_000, digest: 300 };

/** The letter about one comment, for whom it is told at once. */
export function wordReply(
  context: LetterContext,
  { comment, listener }: { comment: QuotedComment; listener: Pick<Listener, 'scope' | 'subscription_id'> },
): Wording {
  const { site, t, siteAddress } = context;
  const { name, title } = comment;
  const unsubscribeUrl = mailedLink(context, 'leave', [listener.subscription_id]);
  const reply = listener.scope === 'replies' ? 'own' : 'other';
  return {
    subject: t('letter.reply.subject', { reply, name, title }),
    body: letterOf([
      t('letter.reply.opening', { reply, name, title, site }),
      excerptOf(trustStored(comment.html), excerptLength.single),
      t('letter.reply.link', { link: linkTo(context, comment) }),
      footer([
        t(`letter.why.${listener.scope}`, { title }),
        t('letter.leave', { link: unsubscribeUrl }),
        t('letter.mine', { link: `${siteAddress}/mine` }),
      ]),
    ]),
    unsubscribeUrl,
  };
}

/**
 * The letter with what is new since yesterday.
 *
 * @param count of all comments, with those that are not quoted.
 */
export function wordDigest(
  context: LetterContext,
  {
    followerId,
    groups,
    count,
    dates,
  }: {
    followerId: number;
    groups: readonly DigestGroup[];
    count: number;
    dates: Pick<Dates, 'minute'>;
  },
): Wording {
  const { site, t, siteAddress } = context;
  const unsubscribeUrl = mailedLink(context, 'leave-digest', [followerId]);
  const quoted = groups.reduce((sum, { comments }) => sum + comments.length, 0);
  const wordEntry = (comment: QuotedComment) => [
    t('letter.digest.entry', { name: comment.name, when: dates.minute(comment.created_at) }),
    excerptOf(trustStored(comment.html), excerptLength.digest),
    linkTo(context, comment),
  ];
  const wordGroup = (group: DigestGroup) => [
    `${t('letter.digest.conversation', { title: group.title, count: group.count })}\n${siteAddress}${hrefOf(group)}`,
    ...group.comments.map((comment) => wordEntry(comment).join('\n')),
    group.subscriptions
      .map(({ id, scope }) => t('letter.digest.leave', { scope, link: mailedLink(context, 'leave', [id]) }))
      .join('\n'),
  ];
  return {
    subject: t('letter.digest.subject', { count, site }),
    body: letterOf([
      t('letter.digest.opening', { count, site }),
      ...groups.flatMap(wordGroup),
      ...(count > quoted ? [t('letter.digest.more', { count: count - quoted })] : []),
      footer([
        t('letter.why.digest', { site }),
        t('letter.leaveDigest', { link: unsubscribeUrl }),
        t('letter.mine', { link: `${siteAddress}/mine` }),
      ]),
    ]),
    unsubscribeUrl,
  };
}

/** The letter that asks whether the mail is wanted. It holds nothing that whoever typed the address wrote. */
export function wordConfirmation(context: LetterContext, subscriptions: readonly NamedSubscription[]): Wording {
  const { site, t } = context;
  const ids = subscriptions.map(({ id }) => id);
  const unsubscribeUrl = mailedLink(context, 'leave', ids);
  return {
    subject: t('letter.confirm.subject', { site }),
    body: letterOf([
      t('letter.confirm.opening', { site }),
      subscriptions.map(({ scope, pace, title }) => `* ${t('following.item', { scope, pace, title })}`).join('\n'),
      t('letter.confirm.link', { link: mailedLink(context, 'confirm', ids) }),
      t('letter.confirm.otherwise', { days: daysToConfirm }),
    ]),
    unsubscribeUrl,
  };
}

/** The letter that tells what a moderator decided about one's own comment. */
export function wordDecision(
  context: LetterContext,
  {
    subscriptionId,
    commentId,
    status,
    why,
    appealAgainst,
    title,
  }: {
    subscriptionId: number;
    commentId: number;
    status: ToldStatus;
    /** Reason, rule, and what became of an appeal. */
    why: readonly Message[];
    /** The event that decided, where something can still be said against it. */
    appealAgainst: number | undefined;
    title: string;
  },
): Wording {
  const { t, siteAddress } = context;
  const unsubscribeUrl = mailedLink(context, 'leave', [subscriptionId]);
  return {
    subject: t('letter.decision.subject', { status, title }),
    body: letterOf([
      t('letter.decision.text', { status, title }),
      ...(why.length === 0 ? [] : [why.map(({ key, values }) => t(key, values)).join('\n')]),
      linkTo(context, { id: commentId }),
      ...(appealAgainst === undefined
        ? []
        : [t('letter.appeal', { link: mailedLink(context, 'appeal', [commentId, appealAgainst]) })]),
      footer([
        t('letter.why.decision'),
        t('letter.leave', { link: unsubscribeUrl }),
        t('letter.mine', { link: `${siteAddress}/mine` }),
      ]),
    ]),
    unsubscribeUrl,
  };
}

function linkTo({ siteAddress }: LinkMaker, { id }: { id: number }): string {
  return `${siteAddress}/comments/${id}`;
}

// Mail programs grey out what stands below this line.
function footer(lines: readonly string[]): string {
  return ['-- ', ...lines].join('\n');
}

function letterOf(paragraphs: readonly string[]): string {
  return `${paragraphs.join('\n\n')}\n`;
}
