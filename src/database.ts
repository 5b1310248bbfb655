import type { Duplex } from 'node:stream';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type {
  AccountTable,
  InvitationTable,
  PasswordResetTable,
  RateLimitTable,
  SessionTable,
} from './accounts/table.ts';
import type { AlertTable } from './alerts/table.ts';
import type { AppealTable } from './appeals/table.ts';
import type { ProofTable } from './commenters/table.ts';
import type {
  CommentFingerprintTable,
  CommentPlaceTable,
  CommentTable,
  JudgementTable,
  RevisionTable,
  SubmissionTable,
} from './comments/table.ts';
import type { EventNoteTable, EventTable } from './events/table.ts';
import type { AnnouncementTable, DigestItemTable, FollowerTable, SubscriptionTable } from './following/table.ts';
import type { LearnedCommentTable, LearnerFeatureTable, LearnerTotalTable, LearningDueTable } from './learner/table.ts';
import type { MailTable } from './mail/table.ts';
import type { ColleagueNoteTable, HandOverTable, SavedWordsTable, SweepTable } from './moderation/table.ts';
import type { OutsideKeyTable, OutsideToldTable } from './outside/table.ts';
import type { StandingTable } from './persons/table.ts';
import type {
  AddressTable,
  ClosureTable,
  ConversationCountTable,
  ConversationTable,
  PinTable,
  PostAuthorTable,
  PostRevisionTable,
  PostTable,
  PostTagTable,
  TagTable,
} from './posts/table.ts';
import { planNameOf } from './prepared.ts';
import type { ReplayTable } from './replay/table.ts';
import type { ReportTable } from './reports/table.ts';
import type { RuleTable } from './rules/table.ts';
import type { SecretTable, SettingsChangeTable, SiteTable } from './site/table.ts';
import type { BrowserTable, ProvedAddressTable } from './visitors/table.ts';

/** Every table, by its name. */
export interface Database {
  account: AccountTable;
  address: AddressTable;
  alert: AlertTable;
  announcement: AnnouncementTable;
  appeal: AppealTable;
  browser: BrowserTable;
  closure: ClosureTable;
  colleague_note: ColleagueNoteTable;
  comment: CommentTable;
  comment_fingerprint: CommentFingerprintTable;
  comment_place: CommentPlaceTable;
  conversation: ConversationTable;
  conversation_count: ConversationCountTable;
  digest_item: DigestItemTable;
  event: EventTable;
  event_note: EventNoteTable;
  follower: FollowerTable;
  hand_over: HandOverTable;
  invitation: InvitationTable;
  judgement: JudgementTable;
  learned_comment: LearnedCommentTable;
  learner_feature: LearnerFeatureTable;
  learner_total: LearnerTotalTable;
  learning_due: LearningDueTable;
  mail: MailTable;
  outside_key: OutsideKeyTable;
  outside_told: OutsideToldTable;
  password_reset: PasswordResetTable;
  pin: PinTable;
  post: PostTable;
  post_author: PostAuthorTable;
  post_revision: PostRevisionTable;
  post_tag: PostTagTable;
  proof: ProofTable;
  proved_address: ProvedAddressTable;
  rate_limit: RateLimitTable;
  replay: ReplayTable;
  report: ReportTable;
  revision: RevisionTable;
  rule: RuleTable;
  saved_words: SavedWordsTable;
  secret: SecretTable;
  session: SessionTable;
  settings_change: SettingsChangeTable;
  site: SiteTable;
  standing: StandingTable;
  submission: SubmissionTable;
  subscription: SubscriptionTable;
  sweep: SweepTable;
  tag: TagTable;
}

/** For how long one statement may take, in milliseconds: nobody waits for ever for a database that has stopped to answer. */
export const statementPatience = { page: 10_000, job: 300_000 };

/**
 * Makes a pool of connections; none is opened before it is needed. A connection takes the next statement before it has answered the last,
 * see pipeline.ts; what copies rows into or out of the database needs one of its own.
 *
 * @param url `postgres://…`, as `pg` reads it.
 * @param onError told of connections that break, idle or at work; without a listener such an error would end the process.
 * @param limits `statement`: see `statementPatience`; none: whatever it takes. `connections`: how many at most.
 */
export function createPool(
  url: string,
  onError: (error: Error) => void,
  { statement, connections = 10 }: { statement?: number; connections?: number } = {},
): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    pipeline: true,
    ...(statement === undefined ? {} : limitsOf(statement)),
  });
  pool.on('connect', (client) => {
    client.on('error', onError);
    watchStatements(client, statement && statement + beyondServer);
  });
  pool.on('error', () => {}); // told by the client already
  return pool;
}

/** What makes a connection like those of a pool, but one that may wait for others as long as it has to. */
export function withoutLimits({ options }: pg.Pool): pg.ClientConfig {
  return { ...options, ...limitsOf(0) };
}

/** So many milliseconds later than the server, who ends the statement itself if it still can, is it given up here. */
const beyondServer = 2_000;

// The server lets go of what the transaction of a dead machine holds.
function limitsOf(statement: number) {
  return {
    statement_timeout: statement,
    idle_in_transaction_session_timeout: statement * 6,
  };
}

/** How `pg` tells what came of a statement. */
type Answer = (error: Error | null, result?: unknown) => void;

/**
 * Names the statements whose plans a connection keeps, and waits for the answer to each as long as for those that were sent before it,
 * too. And ends a connection on which a statement was not answered in time, which cannot be rolled back, or whose plans are of columns that have
 * another type by now: the library would give it to the next who comes.
 *
 * Answers are taken, and timed, by a callback of its own. Where the library promises or times them, statements and rows outlive their
 * use, see docs/decisions/0093-what-lives-on.md.
 *
 * @param patience for how long to wait for one answer, in milliseconds; none or 0: whatever it takes.
 */
function watchStatements(client: pg.PoolClient, patience = 0): void {
  const query = client.query.bind(client) as (...parameters: unknown[]) => unknown;
  const { stream } = (client as unknown as pg.Client).connection;
  const pack = packetsOf(stream);
  let unanswered = 0;
  const send = (text: string, values: unknown, answer: Answer) => {
    const name = planNameOf(text);
    unanswered += 1;
    const giveUp = () => {
      tell(new Error(notAnswered));
      stream.destroy();
    };
    const timer = patience ? setTimeout(giveUp, patience * unanswered) : undefined;
    let told = false;
    const tell: Answer = (error, result) => {
      if (told) return;
      told = true;
      clearTimeout(timer);
      unanswered -= 1;
      const isOver = error && (endings.includes(error.message) || text === 'rollback');
      if (isOver) (client as unknown as pg.Client).end().catch(() => {});
      answer(error, result);
    };
    pack();
    query({ text, ...(name && { name }) }, values, tell);
  };
  const watched = (text: unknown, ...parameters: unknown[]) => {
    if (typeof text !== 'string') return query(text, ...parameters);
    const values = parameters.find(Array.isArray);
    const answer = parameters.find((each): each is Answer => typeof each === 'function');
    if (answer) return send(text, values, answer);
    return new Promise((resolve, reject) => {
      send(text, values, (error, result) => (error ? reject(error) : resolve(result)));
    });
  };
  client.query = watched as typeof client.query;
}

const notAnswered = 'The database did not answer in time';
const endings = [notAnswered, 'cached plan must not change result type'];

/** Has all that is sent within one turn of the event loop go in one packet. @returns what is called before something is sent. */
function packetsOf(stream: Duplex): () => void {
  let packing = false;
  return () => {
    if (packing) return;
    packing = true;
    stream.cork();
    process.nextTick(() => {
      packing = false;
      stream.uncork();
    });
  };
}

/** The query builder over a pool. Destroying it ends the pool. */
export function createDatabase(pool: pg.Pool): Kysely<Database> {
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
}
