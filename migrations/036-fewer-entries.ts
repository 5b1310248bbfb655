import { type Kysely, sql } from 'kysely';

// Guests have no account, and what answers the post has no parent: nobody looks for either, and each comment was entered in both.
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    drop index comment_account;
    create index comment_account on comment (account_id, id) where account_id is not null;
    drop index comment_parent;
    create index comment_parent on comment (parent_id, id) where parent_id is not null;`.execute(db);
}
