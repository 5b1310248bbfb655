import type { Message } from '../http/messages.ts';
import type { ToldAppeal } from './queries.ts';

/** Decisions that can be appealed, by where they put a comment. */
const appealable: readonly string[] = ['rejected', 'removed', 'spam'];

/** Whether the writer of a comment can say something against where it stands. */
export function isAppealable(status: string): boolean {
  return appealable.includes(status);
}

/** Whether the outcome of an appeal can be told by mail: what is spam mails nobody, since the address may be anyone's. */
export function isToldByMail(status: string): boolean {
  return status !== 'spam';
}

/** Where the form for an appeal against what was decided on a comment is. */
export function appealHref(commentId: number): string {
  return `/comments/${commentId}/appeal`;
}

/** What a writer is told of an appeal. */
export function explainAppeal({ outcome, reason }: Pick<ToldAppeal, 'outcome' | 'reason'>): Message[] {
  const given: Message[] = reason === '' ? [] : [{ key: 'own.reason', values: { reason } }];
  return [{ key: `appeal.${outcome ?? 'open'}` }, ...(outcome === null ? [] : given)];
}
