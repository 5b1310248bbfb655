import type { Role } from './table.ts';

/** How far a permission reaches: everywhere, over what concerns one's own posts, or nowhere. */
export type Reach = 'all' | 'own' | 'none';

/** What the staff can be allowed to do. */
export type Permission =
  | 'write' // posts and pages
  | 'moderate' // see the queue, approve, reject, mark as spam, restore, undo
  | 'remove' // take down what stands
  | 'pin' // put a comment above the others
  | 'close' // conversations and branches, and slow them down
  | 'take_back_edits' // of comments of the staff, from the log
  | 'judge_people' // who of the commenters is trusted, held or shut out
  | 'manage_people'
  | 'manage_settings';

/** Who may do what. An author's powers over comments can be taken away in the settings, see `reachOf`. */
export const permissions: Readonly<Record<Role, Readonly<Record<Permission, Reach>>>> = {
  owner: {
    ...moderating('all'),
    write: 'all',
    take_back_edits: 'all',
    judge_people: 'all',
    manage_people: 'all',
    manage_settings: 'all',
  },
  moderator: {
    ...moderating('all'),
    write: 'own',
    take_back_edits: 'own',
    judge_people: 'all',
    manage_people: 'none',
    manage_settings: 'none',
  },
  author: {
    ...moderating('own'),
    write: 'own',
    take_back_edits: 'own',
    judge_people: 'none',
    manage_people: 'none',
    manage_settings: 'none',
  },
};

function moderating(reach: Reach): Record<'moderate' | 'remove' | 'pin' | 'close', Reach> {
  return { moderate: reach, remove: reach, pin: reach, close: reach };
}

/** Whether the settings let authors moderate their own conversations at all. */
export interface AuthorsModerate {
  readonly authorsModerate: boolean;
}

/** What the settings say of an author's powers over comments; without the first there are none. */
export interface AuthorPowers extends AuthorsModerate {
  readonly authorsRemove: boolean;
  readonly authorsPin: boolean;
  readonly authorsClose: boolean;
}

/**
 * How far a person's permission reaches on this site.
 *
 * @param role undefined for a visitor who is not signed in.
 */
export function reachOf(role: Role | undefined, permission: Permission, powers: AuthorPowers): Reach {
  if (!role) return 'none';
  const reach = permissions[role][permission];
  const granted: Partial<Record<Permission, boolean>> = {
    moderate: powers.authorsModerate,
    remove: powers.authorsModerate && powers.authorsRemove,
    pin: powers.authorsModerate && powers.authorsPin,
    close: powers.authorsModerate && powers.authorsClose,
  };
  return reach === 'own' && granted[permission] === false ? 'none' : reach;
}

/** How far somebody decides over comments on this site, as `reachOf` says. */
export function moderationReach(role: Role | undefined, { authorsModerate }: AuthorsModerate): Reach {
  return reachOf(role, 'moderate', { authorsModerate, authorsRemove: false, authorsPin: false, authorsClose: false });
}
