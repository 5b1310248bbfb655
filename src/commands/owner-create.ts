import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { StartError } from '../process/start-error.ts';
import { type Command, UsageError, withSite } from './command.ts';

/** Makes an owner without a browser; also the way back in for one who lost it. */
export const ownerCreate: Command = {
  name: 'owner create',
  summary: 'makes an account that owns the site',
  takes: '--email ADDRESS --name NAME --password-stdin',
  example: '--email ada@example.org --name "Ada Lovelace" --password-stdin < password.txt',
  async run(words, surroundings) {
    const { email, name } = readOptions(words);
    const password = (await text(surroundings.input)).replace(/\r?\n$/, '');
    const [{ createOwner }, { wordErrors }, { createTranslate }] = await Promise.all([
      import('../accounts/setup.ts'),
      import('../accounts/form.ts'),
      import('../http/messages.ts'),
    ]);
    await withSite(surroundings, async ({ db }) => {
      const made = await createOwner(db, { email, name, password, now: surroundings.now() });
      if ('errors' in made) {
        const problems = wordErrors(createTranslate('en'), made.errors).map(({ message }) => message);
        throw new StartError(problems.join(' '));
      }
      surroundings.print(`${made.account.name} owns the site now and can sign in at /sign-in.`);
    });
  },
};

function readOptions(words: readonly string[]): { email: string; name: string } {
  const { values } = parseArgs({
    args: [...words],
    options: { email: { type: 'string' }, name: { type: 'string' }, 'password-stdin': { type: 'boolean' } },
  });
  const { email, name } = values;
  if (email === undefined || name === undefined) throw new UsageError('An owner needs --email and --name.');
  if (!values['password-stdin']) {
    throw new UsageError(
      'The password is read from standard input, where no list of processes shows it: add --password-stdin.',
    );
  }
  return { email, name };
}
