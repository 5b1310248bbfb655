import type { Role } from './table.ts';

/** How far a permission reaches: everywhere, over what concerns one's own posts, or nowhere. */
export type Reach = 'all' | 'own' | 'none';

/** What the staff can be allowed to do. */
export type Permission =
  | 'write' // posts and pages
  | 'moderate' // decide over comments, close conversations
  | 'judge_people' // who of the commenters is trusted, held or shut out
  | 'manage_people'
  | 'manage_settings';

/** Who may do what. An author's power over comments can be taken away in the settings, see `reachOf`. */
export const permissions: Readonly<Record<Role, Readonly<Record<Permission, Reach>>>> = {
  owner: { write: 'all', moderate: 'all', judge_people: 'all', manage_people: 'all', manage_settings: 'all' },
  moderator: { write: 'own', moderate: 'all', judge_people: 'all', manage_people: 'none', manage_settings: 'none' },
  author: { write: 'own', moderate: 'own', judge_people: 'none', manage_people: 'none', manage_settings: 'none' },
};

/** What the settings say of an author's power over comments. */
export interface AuthorsModerate {
  readonly authorsModerate: boolean;
}

/**
 * How far a person's permission reaches on this site.
 *
 * @param role undefined for a visitor who is not signed in.
 */
export function reachOf(role: Role | undefined, permission: Permission, { authorsModerate }: AuthorsModerate): Reach {
  if (!role) return 'none';
  const reach = permissions[role][permission];
  return reach === 'own' && permission === 'moderate' && !authorsModerate ? 'none' : reach;
}
