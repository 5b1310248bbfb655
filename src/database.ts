import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type {
  AccountTable,
  InvitationTable,
  PasswordResetTable,
  RateLimitTable,
  SessionTable,
} from './accounts/table.ts';
import type { ProofTable, ProvedAddressTable } from './commenters/table.ts';
import type { BrowserTable, CommentTable, JudgementTable, RevisionTable, SubmissionTable } from './comments/table.ts';
import type { EventNoteTable, EventTable } from './events/table.ts';
import type { AnnouncementTable, DigestItemTable, FollowerTable, SubscriptionTable } from './following/table.ts';
import type { MailTable } from './mail/table.ts';
import type {
  AddressTable,
  ClosureTable,
  ConversationCountTable,
  ConversationTable,
  PostAuthorTable,
  PostTable,
  PostTagTable,
  TagTable,
} from './posts/table.ts';
import type { SecretTable, SiteTable } from './site/table.ts';

/** Every table, by its name. */
export interface Database {
  account: AccountTable;
  address: AddressTable;
  announcement: AnnouncementTable;
  browser: BrowserTable;
  closure: ClosureTable;
  comment: CommentTable;
  conversation: ConversationTable;
  conversation_count: ConversationCountTable;
  digest_item: DigestItemTable;
  event: EventTable;
  event_note: EventNoteTable;
  follower: FollowerTable;
  invitation: InvitationTable;
  judgement: JudgementTable;
  mail: MailTable;
  password_reset: PasswordResetTable;
  post: PostTable;
  post_author: PostAuthorTable;
  post_tag: PostTagTable;
  proof: ProofTable;
  proved_address: ProvedAddressTable;
  rate_limit: RateLimitTable;
  revision: RevisionTable;
  secret: SecretTable;
  session: SessionTable;
  site: SiteTable;
  submission: SubmissionTable;
  subscription: SubscriptionTable;
  tag: TagTable;
}

/**
 * Makes a pool of connections; none is opened before it is needed.
 *
 * @param url `postgres://…`, as `pg` reads it.
 * @param onError told of connections that break, idle or at work; without a listener such an error would end the process.
 */
export function createPool(url: string, onError: (error: Error) => void): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max: 10, connectionTimeoutMillis: 5_000 });
  pool.on('connect', (client) => client.on('error', onError));
  pool.on('error', () => {}); // told by the client already
  return pool;
}

/** The query builder over a pool. Destroying it ends the pool. */
export function createDatabase(pool: pg.Pool): Kysely<Database> {
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
}
