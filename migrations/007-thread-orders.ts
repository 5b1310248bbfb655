import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- The newest branches first, each of them in reading order: the root's id negated, so that one comparison of rows says
    -- where a page begins and ends.
    create index comment_newest on comment (conversation_id, (-root_id), path) where shown;
    -- What one browser wrote in one conversation, beside the rows that all readers share.
    create index comment_own on comment (browser_id, conversation_id, path) where browser_id is not null;`.execute(db);
}
