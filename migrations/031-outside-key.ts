import { type Kysely, sql } from 'kysely';

// Keys by which services elsewhere know the owner. Not among the settings of the rules, which are shown, written down when they
// change, and taken back; and each for one address, so that no other place is ever sent it.
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table outside_key (
      url text primary key constraint outside_key_url check (url <> ''),
      key text not null constraint outside_key_key check (key <> '')
    );`.execute(db);
}
