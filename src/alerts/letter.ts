import type { Account } from '../accounts/table.ts';
import { type LinkMaker, mailedLink } from '../following/links.ts';
import type { Dates } from '../http/dates.ts';
import type { Message, Translate } from '../http/messages.ts';
import type { Letter } from '../mail/queue.ts';
import { excerptOf } from '../text/plain-text.ts';
import { trustStored } from '../text/trusted-html.ts';
import { decidingLink } from './right.ts';
import type { WaitingComment } from './waiting.ts';

/** In whose name the letter is written, and how. */
export interface AlertWords extends LinkMaker {
  /** The site's title. */
  readonly site: string;
  readonly t: Translate;
  readonly dates: Dates;
}

/** A comment that is told, with why it waits. */
export type ToldComment = WaitingComment & { readonly why: Message | undefined };

/** So much of a text tells what kind of comment it is; all of it stands behind the link. */
const excerptLength = 600;

/**
 * The letter to a moderator about what waits.
 *
 * @param told `count`: of all comments, with those that are not quoted; `expiresAt`: until when its links decide.
 */
export function wordAlert(
  words: AlertWords,
  told: {
    account: Pick<Account, 'id' | 'moderation_mail' | 'mailed_rights_key'>;
    comments: readonly ToldComment[];
    count: number;
    expiresAt: Date;
  },
): Omit<Letter, 'recipient'> {
  const { site, t, siteAddress, dates } = words;
  const { account, comments, count, expiresAt } = told;
  const unsubscribeUrl = mailedLink(words, 'leave-alerts', [account.id]);
  const [{ name, title }] = comments as [ToldComment];
  const more = count - comments.length;
  const paragraphs = [
    t('alerts.letter.opening', { count, site }),
    ...comments.flatMap((comment) => wordComment(words, { comment, account, expiresAt })),
    ...(more > 0 ? [t('alerts.letter.more', { count: more })] : []),
    t('alerts.letter.queue', { link: `${siteAddress}/moderation` }),
    t('alerts.letter.links', { until: dates.minute(expiresAt) }),
    [
      // Mail programs grey out what stands below this line.
      '-- ',
      t('alerts.letter.why', { pace: account.moderation_mail, site, link: `${siteAddress}/account` }),
      t('alerts.letter.leave', { link: unsubscribeUrl }),
    ].join('\n'),
  ];
  return {
    subject: t('alerts.letter.subject', { count, name, title, site }),
    body: `${paragraphs.join('\n\n')}\n`,
    unsubscribeUrl,
  };
}

// The text is marked as somebody else's words: it may look like ours, with links of its own.
function wordComment(
  words: AlertWords,
  {
    comment,
    account,
    expiresAt,
  }: { comment: ToldComment; account: Pick<Account, 'id' | 'mailed_rights_key'>; expiresAt: Date },
): string[] {
  const { t, dates, siteAddress } = words;
  const { id, name, title, html, created_at, why } = comment;
  const right = { accountId: account.id, commentId: id, expiresAt };
  return [
    [
      t('alerts.letter.entry', { name, title, when: dates.minute(created_at) }),
      `> ${excerptOf(trustStored(html), excerptLength)}`,
      ...(why ? [t(why.key, why.values)] : []),
    ].join('\n'),
    [
      t('alerts.letter.decide', { link: decidingLink(words, right, account.mailed_rights_key) }),
      t('alerts.letter.inQueue', { link: `${siteAddress}/moderation/comments/${id}` }),
    ].join('\n'),
  ];
}
