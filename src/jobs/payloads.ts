/** What each kind of job is told. A payload holds ids only: jobs and their errors are logged. */
export interface JobPayloads {
  /** Sends one row of `mail`. */
  readonly deliver_mail: { readonly mailId: number };
  /** Tells a comment to those who follow it. */
  readonly tell_followers: { readonly commentId: number };
  /** Tells the writer of a comment what was decided about it. */
  readonly tell_decision: { readonly commentId: number };
  /** Tells a service elsewhere what a person decided about a comment. */
  readonly tell_service: { readonly commentId: number };
  /** Tells whoever reported a comment what became of it. */
  readonly tell_reporter: { readonly reportId: number };
  /** Writes the mail that asks whether subscriptions are wanted. */
  readonly ask_confirmation: { readonly subscriptionIds: readonly number[] };
  /** Writes the digests that are due. Added by the clock. */
  readonly send_digests: Readonly<Record<string, never>>;
  /** Carries on with a decision on all comments that match some filters. */
  readonly sweep: { readonly sweepId: number };
  /** Takes for spam what waits and is part of the same wave as these, which were taken for it as copies or for where they lead. */
  readonly sweep_copies: { readonly commentIds: readonly number[] };
  /** Begins to reject what waits where a closing has come that lay ahead. */
  readonly reject_waiting: { readonly closureId: number };
  /** Carries on with judging what was written before by other rules. */
  readonly replay: { readonly replayId: number };
  /** Notes for moderators who want mail that comments wait. */
  readonly gather_alerts: { readonly commentIds: readonly number[] };
  /** Mails to one of them what has gathered. */
  readonly mail_alerts: { readonly accountId: number };
  /** Mails to all of them what is due. Added by the clock. */
  readonly mail_due_alerts: Readonly<Record<string, never>>;
  /** Learns from decisions. Added by the clock, and by itself while there is more. */
  readonly learn: Readonly<Record<string, never>>;
  /** Deletes what has been kept for as long as it may be. Added by the clock, see clean-up.ts. */
  readonly clean_up: Readonly<Record<string, never>>;
}

/** The name of a kind of job. */
export type JobName = keyof JobPayloads;

/** The kinds of jobs of which one is done at a time, whatever process does it: what it tells has to arrive in order. */
export const doneInTurn: readonly JobName[] = ['tell_service'];

/** How often each kind of job is tried. The pauses grow: seconds at first, six hours from the tenth on. */
export const mostAttempts: Readonly<Record<JobName, number>> = {
  deliver_mail: 20,
  tell_followers: 12,
  tell_decision: 12,
  tell_service: 12,
  tell_reporter: 12,
  ask_confirmation: 12,
  send_digests: 3,
  sweep: 20,
  sweep_copies: 12,
  reject_waiting: 20,
  replay: 20,
  gather_alerts: 12,
  mail_alerts: 12,
  mail_due_alerts: 3,
  learn: 3,
  clean_up: 3,
};
