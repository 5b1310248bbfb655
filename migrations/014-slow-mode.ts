import { type Kysely, sql } from 'kysely';

// In a slow conversation each person posts one comment within so many minutes; 0: as fast as one likes.
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table conversation
      add column slow_minutes integer not null default 0
        constraint conversation_slow_minutes check (slow_minutes between 0 and 1440)`.execute(db);
}
