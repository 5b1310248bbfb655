import type { CommentStatus } from '../comments/lifecycle.ts';
import { describeEvent } from '../events/describe.ts';
import type { Dates } from '../http/dates.ts';
import type { Message } from '../http/messages.ts';
import type { Overtaken } from './decide.ts';

/** A comment to which somebody else did something first, as it is told. */
export interface OvertakenItem {
  readonly id: number;
  readonly status: CommentStatus;
  readonly told: Message | undefined;
  readonly reason: string;
  readonly note: string;
}

/** Makes ready to print what others did first. */
export function presentOvertaken(overtaken: readonly Overtaken[], dates: Dates): OvertakenItem[] {
  return overtaken.map(({ id, status, event }) => ({
    id,
    status,
    told: event && describeEvent(event, dates),
    reason: event?.reason ?? '',
    note: event?.note ?? '',
  }));
}
