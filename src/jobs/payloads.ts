/** What each kind of job is told. A payload holds ids only: jobs and their errors are logged. */
export interface JobPayloads {
  /** Sends one row of `mail`. */
  readonly deliver_mail: { readonly mailId: number };
  /** Deletes what has been kept for as long as it may be. Added by the clock, see schedule in worker.ts. */
  readonly clean_up: Readonly<Record<string, never>>;
}

/** The name of a kind of job. */
export type JobName = keyof JobPayloads;

/** How often each kind of job is tried. The pauses grow: seconds at first, six hours from the tenth on. */
export const mostAttempts: Readonly<Record<JobName, number>> = { deliver_mail: 12, clean_up: 3 };
