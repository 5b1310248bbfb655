import {
  AbortedTransactionError,
  type CompiledQuery,
  type Kysely,
  type QueryExecutorProvider,
  sql,
  type Transaction,
} from 'kysely';
import type { Database } from './database.ts';

/** A statement that is not yet sent: a query of Kysely's builder, or one in SQL. */
export interface Statement<Row> {
  compile(executor: QueryExecutorProvider): CompiledQuery<Row>;
}

/** Something that the database can be asked: what has to be sent, and what the answer means. */
export type Question<Answer> = (send: <Row>(statement: Statement<Row>) => Promise<readonly Row[]>) => Promise<Answer>;

/**
 * Makes a question of one statement.
 *
 * @param read says what the rows mean.
 */
export function question<Row, Answer>(
  statement: Statement<Row>,
  read: (rows: readonly Row[]) => Answer,
): Question<Answer> {
  return async (send) => read(await send(statement));
}

/** A question whose answer is known already: nothing is sent. */
export function known<Answer>(answer: Answer): Question<Answer> {
  return async () => answer;
}

/** What questions that are asked together answer, each of them. */
type Questions<Answers extends readonly unknown[]> = { readonly [Index in keyof Answers]: Question<Answers[Index]> };

/**
 * Makes one question of several. They are sent one behind the other, without waiting for the answer to one before the next is sent: on
 * their way to and fro they cost the time of one. The database takes them in this order, and each sees what has become of the
 * world when its turn comes; what a lock made wait sees what the others did meanwhile. In a transaction those behind one that fails fail, too.
 */
export function together<Answers extends readonly unknown[]>(questions: Questions<Answers>): Question<Answers> {
  return (send) => Promise.all(questions.map((asked) => asked(send))) as Promise<unknown> as Promise<Answers>;
}

/**
 * Asks the database.
 *
 * The query builder lets the statements of a transaction wait for each other, so it is passed by here. The pool has to be one of
 * `createPool`, whose connections take the next before they have answered (see “Pipelining” in PostgreSQL's description of its protocol).
 */
export function ask<Answer>(db: Kysely<Database>, asked: Question<Answer>): Promise<Answer> {
  return db
    .getExecutor()
    .provideConnection((connection) =>
      asked(async (statement) => (await connection.executeQuery(statement.compile(db))).rows as never),
    );
}

const begin = question(sql`begin`, () => {});
const rollback = question(sql`rollback`, () => {});

// Postgres commits nothing, and does not call that an error, where a statement has failed before.
const commit = question(sql<{ command: string }>`commit`, ([answer]) => {
  if (answer?.command === 'ROLLBACK') throw new AbortedTransactionError();
});

/**
 * Does something in a transaction that begins along with what has to be asked first, and ends along with what has to be said last:
 * for each, it waits once.
 *
 * @param first is sent before it is known that the transaction has begun: it reads and locks, and writes nothing.
 * @param work leaves nothing under way when it returns: the connection is another's soon. @returns what all this came to, and what is
 * said last: `commit` is under way before that is answered, so nothing is to be read from it.
 */
export function transact<First, Result>(
  db: Kysely<Database>,
  {
    first,
    work,
  }: {
    first: Question<First>;
    work: (trx: Transaction<Database>, answer: First) => Promise<{ last: Question<void>; result: Result }>;
  },
): Promise<Result> {
  return db.connection().execute(async (connection) => {
    // It is one from here on, which only the query builder has not begun.
    const trx = connection as Transaction<Database>;
    try {
      const [, answer] = await ask(trx, together([begin, first]));
      const { last, result } = await work(trx, answer);
      await ask(trx, together([last, commit]));
      return result;
    } catch (error) {
      await ask(trx, rollback).catch(() => {}); // the connection has ended, see watchStatements
      throw error;
    }
  });
}
