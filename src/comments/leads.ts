import type { Place } from '../rules/places.ts';
import type { Lead, Verdict } from './judge.ts';

/** A comment that was judged, and where it leads. */
export interface Led {
  readonly places: readonly Place[];
  readonly verdict: Pick<Verdict, 'status' | 'facts'>;
}

/**
 * Whether a comment vouches for the places to which it leads: it is published, and not for this alone that nothing spoke against it,
 * as everything is where nothing is held.
 */
export function vouches({ status, facts }: Led['verdict']): boolean {
  return status === 'approved' && isOfKnown(facts);
}

function isOfKnown({ staffRole, approvedBefore, standing }: Led['verdict']['facts']): boolean {
  return staffRole !== null || approvedBefore > 0 || standing === 'trusted';
}

/**
 * Adds strangers among those that come together to those that were counted in the database.
 *
 * @param leads every place to which a comment leads and which is not known yet.
 * @param before what was judged before it, in no two cases of one network or browser.
 * @returns the places that are not known now either, and to which any stranger led.
 */
export function addLeadsAmong(leads: readonly Lead[], before: readonly Led[]): Lead[] {
  return leads.flatMap((lead) => {
    const there = before.filter(({ places }) => places.some(({ place }) => place === lead.place));
    const others = lead.others + there.filter(({ verdict }) => !isOfKnown(verdict.facts)).length;
    return others === 0 || there.some(({ verdict }) => vouches(verdict)) ? [] : [{ ...lead, others }];
  });
}
