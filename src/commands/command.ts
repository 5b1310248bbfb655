import type { Config } from '../config.ts';
import type { OpenDatabase } from '../process/open-database.ts';

/** Something that can be asked of the site without a browser. */
export interface Command {
  /** The words that call it. */
  readonly name: string;
  /** What it does, in one line. */
  readonly summary: string;
  /** What follows on its name, in capitals where something is to be filled in; may be empty. */
  readonly takes: string;
  /** What follows on its name in an example. */
  readonly example: string;
  /**
   * Does it.
   *
   * @param words what was typed after the name.
   * @throws UsageError where they cannot be understood, StartError where it cannot be done.
   */
  run(words: readonly string[], surroundings: Surroundings): Promise<void>;
}

/** What a command has to work with. */
export interface Surroundings {
  readonly config: Config;
  readonly now: () => Date;
  readonly input: NodeJS.ReadableStream;
  /** Prints a result, on standard output. */
  readonly print: (line: string) => void;
  /** Says how far it is, on standard error. */
  readonly tell: (line: string) => void;
  /** Asked to stop as soon as nothing is left half done. */
  readonly stopping: AbortSignal;
}

/** A command was typed in a way that cannot be understood. The message is a sentence. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Does something with the database, whether or not the site is running, and closes it afterwards. */
export async function withDatabase<Result>(
  { config, tell, stopping }: Surroundings,
  work: (database: OpenDatabase) => Promise<Result>,
): Promise<Result> {
  const { openDatabase } = await import('../process/open-database.ts');
  const database = await openDatabase(config, {
    // What was doing something over it fails, and says so.
    onError: () => {},
    onWait: (reason) => tell(`Waiting for the database: ${reason}`),
    cancel: stopping,
  });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

/** The same with a database that is prepared as the start of the site would. */
export function withSite<Result>(
  surroundings: Surroundings,
  work: (database: OpenDatabase) => Promise<Result>,
): Promise<Result> {
  return withDatabase(surroundings, async (database) => {
    const [{ prepareDatabase }, { completeFirstStart }] = await Promise.all([
      import('../migrate.ts'),
      import('../process/first-start.ts'),
    ]);
    await prepareDatabase(database.pool);
    const { sampleContent } = surroundings.config;
    await completeFirstStart(database.db, { sampleContent, now: surroundings.now() });
    return work(database);
  });
}
