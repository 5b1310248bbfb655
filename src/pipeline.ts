import type { CompiledQuery, Kysely, QueryExecutorProvider, Transaction } from 'kysely';
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

/** Asks the database one question. */
export function ask<Answer>(db: Kysely<Database>, asked: Question<Answer>): Promise<Answer> {
  return asked(async (statement) => (await db.executeQuery(statement.compile(db))).rows);
}

/**
 * Asks several questions, one behind the other, without waiting for the answer to one before the next is sent: on their way to and
 * fro they cost the time of one. The database takes them in this order, and each sees what has become of the world when its
 * turn comes; what a lock made wait sees what the others did meanwhile. Where one fails, so do those behind it, as in every transaction.
 *
 * The query builder lets the statements of a transaction wait for each other, so it is passed by here. The pool has to be one of
 * `createPool`, whose connections take the next before they have answered (see “Pipelining” in PostgreSQL's description of its protocol).
 */
export function askTogether<Answers extends readonly unknown[]>(
  trx: Transaction<Database>,
  questions: { readonly [Index in keyof Answers]: Question<Answers[Index]> },
): Promise<Answers> {
  return trx.getExecutor().provideConnection((connection) => {
    const send = async <Row>(statement: Statement<Row>) =>
      (await connection.executeQuery<Row>(statement.compile(trx))).rows;
    return Promise.all(questions.map((asked) => asked(send))) as Promise<unknown> as Promise<Answers>;
  });
}
