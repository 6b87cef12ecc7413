import {
  type CompiledQuery,
  type DatabaseConnection,
  DummyDriver,
  type PostgresDialect,
  type QueryExecutor,
  type QueryResult,
  Transaction,
} from 'kysely';
import type pg from 'pg';
import type { Reads, Tx } from '../../base/doors.ts';

/** What the driver has and its types do not name. */
type Client = pg.PoolClient & { readonly connection: { readonly stream: { cork(): void; uncork(): void } } };
type Statement = Pick<CompiledQuery, 'sql' | 'parameters'>;
type Answer = PromiseSettledResult<pg.QueryResult>;

/**
 * A transaction in as few ways to the database and back as there can be: each wakes up the database and then us. It takes a connection when it
 * has something to say and not before; BEGIN and what may be read go out with the first statement, and the last statement with COMMIT.
 */
interface Session extends DatabaseConnection {
  /** From the next statement on. */
  mayRead(reads: Reads): void;
  /** The transaction is over and durable when it returns; `last` is said with it, and undoes all when it fails. */
  commit(last?: Statement): Promise<void>;
  rollback(): Promise<void>;
}

export function session(pool: pg.Pool, reads: Reads): Session {
  // Nothing is read where nothing was set: a setting lives no longer than its transaction.
  const ahead = [plain('BEGIN'), ...(reads.length > 0 ? [settingOf(reads)] : [])];
  let connecting: Promise<Client> | undefined;
  let hasEnded = false;
  const connected = () => {
    connecting ??= pool.connect() as Promise<Client>;
    return connecting;
  };
  const say = (client: Client, statements: readonly Statement[]) => together(client, [...ahead.splice(0), ...statements]);
  return {
    streamQuery,
    async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
      const client = hasEnded ? undefined : await connected();
      if (client === undefined || hasEnded) throw new Error('this transaction is over');
      return resultOf(answered(await say(client, [query])));
    },
    mayRead(now) {
      ahead.push(settingOf(now));
    },
    async commit(last) {
      hasEnded = true;
      if (connecting === undefined && last === undefined) return;
      const client = await connected();
      const answers = await say(client, [...(last ? [last] : []), plain('COMMIT')]);
      client.release(answers.at(-1)!.status === 'rejected');
      // A statement that failed and was not waited for makes a ROLLBACK of it.
      if (answered(answers).command !== 'COMMIT') throw new Error('the database rolled the transaction back');
    },
    async rollback() {
      hasEnded = true;
      const client = await connecting?.catch(() => undefined);
      if (!client) return;
      const [answer] = await together(client, [plain('ROLLBACK')]);
      client.release(answer!.status === 'rejected');
    },
  };
}

/** Each statement is a transaction by itself, on whatever connection is free. */
export function single(pool: pg.Pool): DatabaseConnection {
  return {
    streamQuery,
    executeQuery: async ({ sql, parameters }) => resultOf(await pool.query(sql, parameters as unknown[])),
  };
}

/** Kysely's way of saying things, on a connection of ours. */
export function speaking(dialect: PostgresDialect, executor: QueryExecutor, connection: DatabaseConnection): Tx {
  const ours = executor.withConnectionProvider({ provideConnection: (use) => use(connection) });
  return new Transaction({ config: { dialect }, dialect, driver: new DummyDriver(), executor: ours });
}

function streamQuery(): never {
  throw new Error('nothing is streamed out of a transaction');
}

function plain(sql: string): Statement {
  return { sql, parameters: [] };
}

function settingOf(reads: Reads): Statement {
  return { sql: `SELECT set_config('app.reads', $1, true)`, parameters: [reads.join(',')] };
}

/** In one message, with whatever else is said at the same moment; returns when all are answered. */
async function together(client: Client, statements: readonly Statement[]): Promise<Answer[]> {
  const { stream } = client.connection;
  stream.cork();
  process.nextTick(() => stream.uncork());
  return Promise.allSettled(statements.map(({ sql, parameters }) => client.query(sql, parameters as unknown[])));
}

/** The last answer; or the first that failed is thrown: what came behind it failed because of it. */
function answered(answers: readonly Answer[]): pg.QueryResult {
  for (const answer of answers) if (answer.status === 'rejected') throw answer.reason;
  return (answers.at(-1) as PromiseFulfilledResult<pg.QueryResult>).value;
}

function resultOf<R>({ command, rowCount, rows }: pg.QueryResult): QueryResult<R> {
  const changes = command === 'INSERT' || command === 'UPDATE' || command === 'DELETE' || command === 'MERGE';
  return { rows: rows as R[], ...(changes ? { numAffectedRows: BigInt(rowCount ?? 0) } : {}) };
}
