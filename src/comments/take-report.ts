import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import type { ReportDraft } from '../reports/form.ts';
import { countReporters, findOwnReport, insertReport, type Reporter } from '../reports/queries.ts';
import type { Report } from '../reports/table.ts';
import { currentRules } from '../rules/current.ts';
import { choiceOf } from '../rules/rule.ts';
import { loadSite } from '../site/queries.ts';
import { changeStatus, lockWithAncestors } from './transition.ts';

/** What became of a report; `filed` as well where the same form was sent before. */
export type ReportTaken =
  | { readonly kind: 'filed'; readonly id: number }
  | { readonly kind: 'twice'; readonly id: number }
  /** Readers do not see the comment any more. */
  | { readonly kind: 'gone' };

/**
 * Takes a report about a comment that readers see, one from each person. Where the owner has set so, enough open ones from
 * different networks take it back to the queue; those that were dismissed do not count.
 */
export function takeReport(
  db: Kysely<Database>,
  { commentId, reporter, draft, now }: { commentId: number; reporter: Reporter; draft: ReportDraft; now: Date },
): Promise<ReportTaken> {
  return db.transaction().execute(async (trx) => {
    const locked = await lockWithAncestors(trx, [commentId]);
    const earlier = await findOwnReport(trx, { commentId, reporter });
    if (earlier) {
      return { kind: isSame(earlier, draft) ? 'filed' : 'twice', id: earlier.id };
    }
    if (locked.get(commentId)?.status !== 'approved') return { kind: 'gone' };
    const id = await insertReport(trx, { commentId, reporter, draft, now });
    const { rules_token } = await loadSite(trx);
    const { enabled, settings } = choiceOf(await currentRules(trx, rules_token), 'reports');
    const reports = enabled ? await countReporters(trx, commentId) : 0;
    if (enabled && reports >= settings.people) {
      const numbers = { reports, allowed: settings.people };
      await changeStatus(trx, locked.values(), { action: 'hold', actorId: undefined, rule: 'reports', numbers, now });
    }
    return { kind: 'filed', id };
  });
}

// The address is left out: it is erased once the outcome was told.
function isSame({ kind, text, law, name }: Report, draft: ReportDraft): boolean {
  const claim = draft.claim ?? { law: null, name: null };
  return kind === draft.kind && text === draft.text && law === claim.law && name === claim.name;
}
