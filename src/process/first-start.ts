import type { Kysely, Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { recordEvent } from '../events/queries.ts';
import { lockSite } from '../site/queries.ts';

const firstStart = { subjectKind: 'site', subjectId: 1, action: 'first_start' } as const;

/**
 * Does what is done once in the life of a site: sample content, if it is wanted and the site is empty. An event records
 * it, so it happens once also where several processes start together, or one is killed half way.
 *
 * @returns whether this was the first start.
 */
export async function completeFirstStart(
  db: Kysely<Database>,
  { sampleContent, now }: { sampleContent: boolean; now: Date },
): Promise<boolean> {
  if (await hasStarted(db)) return false;
  return db.transaction().execute(async (trx) => {
    await lockSite(trx);
    if (await hasStarted(trx)) return false;
    if (sampleContent && (await isEmpty(trx))) {
      const { addSampleContent } = await import('../sample/sample-content.ts');
      await addSampleContent(trx, { now });
    }
    await recordEvent(trx, { ...firstStart, now });
    return true;
  });
}

async function hasStarted(db: Kysely<Database>): Promise<boolean> {
  const event = await db
    .selectFrom('event')
    .select('id')
    .where('subject_kind', '=', firstStart.subjectKind)
    .where('subject_id', '=', firstStart.subjectId)
    .where('action', '=', firstStart.action)
    .limit(1)
    .executeTakeFirst();
  return event !== undefined;
}

async function isEmpty(trx: Transaction<Database>): Promise<boolean> {
  for (const table of ['account', 'post', 'event'] as const) {
    if (await trx.selectFrom(table).select('id').limit(1).executeTakeFirst()) return false;
  }
  return true;
}
