import { sql, type Transaction } from 'kysely';
import type { Database } from '../database.ts';
import type { SubjectKind } from './table.ts';

/** Erases the words beside all events of some subjects, from the lowest event up. The events stay: they hold ids only. */
export async function eraseEventNotes(
  trx: Transaction<Database>,
  { subjectKind, subjectIds }: { subjectKind: SubjectKind; subjectIds: readonly number[] },
): Promise<void> {
  if (subjectIds.length === 0) return;
  await sql`
    with noted as materialized (
      select event_id from event_note
      where event_id in (
        select id from event where subject_kind = ${subjectKind} and subject_id = any(${subjectIds}::integer[])
      )
      order by event_id for update
    )
    delete from event_note where event_id in (select event_id from noted)`.execute(trx);
}
