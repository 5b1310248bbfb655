/** A figure that the site is to reach. */
export interface Goal {
  readonly name: string;
  /** What is measured, for the table that people read. */
  readonly what: string;
  readonly unit: string;
  /** Which side of the number is good. */
  readonly bound: 'at least' | 'at most';
  readonly goal: number;
}

/** Every goal, in the order in which they are told. Ratios are taken within one run: machines differ more than we do. */
export const goals = [
  {
    name: 'cached-page',
    what: 'CPU per request of a bare server with the same bytes ÷ that of a cached post page',
    unit: 'bare ÷ own',
    bound: 'at least',
    goal: 0.85,
  },
  {
    name: 'revalidated-page',
    what: 'the same for a 304',
    unit: 'bare ÷ own',
    bound: 'at least',
    goal: 0.85,
  },
  {
    name: 'own-page',
    what: 'a post with 200 comments for one who wrote some of them, 4 clients, p50',
    unit: 'ms',
    bound: 'at most',
    goal: 10,
  },
  {
    name: 'thread-10k',
    what: 'time to render anew the first page of 10,000 comments ÷ that of 1,000',
    unit: '10,000 ÷ 1,000',
    bound: 'at most',
    goal: 1.2,
  },
  {
    name: 'thread-100k',
    what: 'the same of 100,000',
    unit: '100,000 ÷ 1,000',
    bound: 'at most',
    goal: 1.3,
  },
  {
    name: 'render-cpu',
    what: 'CPU of the site and of Postgres to make a page of 200 comments anew',
    unit: 'ms',
    bound: 'at most',
    goal: 4,
  },
  {
    name: 'post-comment',
    what: 'comments posted a second ÷ forms that a bare server stores by one insert, 16 clients',
    unit: 'own ÷ bare',
    bound: 'at least',
    goal: 0.15,
  },
  {
    name: 'visible-elsewhere',
    what: 'approved in one process → shown by another, p99',
    unit: 'ms',
    bound: 'at most',
    goal: 100,
  },
  {
    name: 'queue-1m',
    what: 'a page of the queue where 1,000,000 comments wait, one client, the slowest kind of page, p50',
    unit: 'ms',
    bound: 'at most',
    goal: 10,
  },
  {
    name: 'queue-1k',
    what: 'the same where 1,000 wait',
    unit: 'ms',
    bound: 'at most',
    goal: 10,
  },
  {
    name: 'judge-cpu',
    what: 'CPU of the site and of Postgres to judge one comment: lists of 10,000, 100,000 learned comments',
    unit: 'ms',
    bound: 'at most',
    goal: 2,
  },
  {
    name: 'replay-10k',
    what: 'rules with 30,000 entries in their lists are tried on 10,000 comments, from the form to the page that tells',
    unit: 's',
    bound: 'at most',
    goal: 5,
  },
  {
    name: 'stream-first-view',
    what: 'of the spam of a made stream, what waits for moderators or is published, by the rules that a site begins with',
    unit: '%',
    bound: 'at most',
    goal: 5,
  },
  {
    name: 'stream-good-as-spam',
    what: 'good comments of that stream, and of a second one, that these rules take for spam',
    unit: 'comments',
    bound: 'at most',
    goal: 0,
  },
  {
    name: 'first-load-2',
    what: 'a post with 2 comments and all its files, compressed',
    unit: 'KB',
    bound: 'at most',
    goal: 30,
  },
  {
    name: 'first-load-200',
    what: 'the same with 200 comments',
    unit: 'KB',
    bound: 'at most',
    goal: 70,
  },
  {
    name: 'memory',
    what: 'one process after the mixed load',
    unit: 'MB',
    bound: 'at most',
    goal: 260,
  },
] as const satisfies readonly Goal[];

/** The name of a figure that has a goal. */
export type GoalName = (typeof goals)[number]['name'];

/** Whether a value reaches its goal. */
export function reaches({ bound, goal }: Goal, value: number): boolean {
  return bound === 'at least' ? value >= goal : value <= goal;
}
