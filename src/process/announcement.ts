import { setupToken } from '../accounts/setup.ts';

/**
 * What is said to the person who started the site. Printed, never logged: the link is a secret.
 *
 * @param parts `elsewhere`: the folder of the data, where that is news; `setupSecret`: the key of the setup link, while
 * the site has no owner.
 */
export function announcement({
  address,
  elsewhere,
  setupSecret,
}: {
  readonly address: string;
  readonly elsewhere: string | undefined;
  readonly setupSecret: Buffer | undefined;
}): string {
  const lines = [`Rejoinder is at ${address}`];
  if (elsewhere) {
    lines.push(
      `Its data lie in ${elsewhere}, since Postgres does not run as root and its account cannot enter DATA_DIR`,
    );
  }
  if (setupSecret) {
    lines.push(`It has no owner yet. Become its owner at ${address}/setup?token=${setupToken(setupSecret)}`);
  }
  return `${lines.join('\n')}\n`;
}
