import { type Kysely, sql } from 'kysely';

// What authors may do with the conversations of their own posts, where they moderate them at all.
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table site
      add column authors_remove boolean not null default true,
      add column authors_pin boolean not null default true,
      add column authors_close boolean not null default true`.execute(db);
}
