import type { StandingKind } from './table.ts';

/** What a person can be known by. The first two say who somebody is; a network is shared by many. */
export const waysOfKnowing = ['address', 'browser', 'network'] as const;

/** One of the things that a person can be known by. */
export type KnownBy = (typeof waysOfKnowing)[number];

/** All standings, the kindest first. */
export const standingKinds: readonly StandingKind[] = ['trusted', 'held', 'timed_out', 'banned'];

/** How somebody is met at present, with the reason as it was given for them, which may be empty. */
export type Standing = LetIn | ShutOut;

/** Somebody may write. */
export interface LetIn {
  readonly kind: Extract<StandingKind, 'trusted' | 'held'>;
  readonly reason: string;
  /** null: until a moderator ends it. */
  readonly endsAt: Date | null;
}

/** Somebody may write nothing for a while. */
export interface ShutOut {
  readonly kind: Exclude<StandingKind, 'trusted' | 'held'>;
  readonly reason: string;
  readonly endsAt: Date;
}

/** Whether somebody may write nothing at present. */
export function isShutOut(standing: Standing | undefined): standing is ShutOut {
  return standing !== undefined && shutsOut(standing.kind);
}

/** Whether a standing of this kind lets somebody write nothing. */
export function shutsOut(kind: StandingKind): kind is ShutOut['kind'] {
  return kind === 'timed_out' || kind === 'banned';
}
