import { openPool } from '../../src/database/postgresql/open-postgresql.js';
import { PostgresqlEventLog } from '../../src/events/log/postgresql-event-log.js';
import { allEvents, append, joy, numbers, positionsOf } from '../support/appends.js';
import { liveFolds } from '../support/folds.js';
import { dropDatabase, migratedDatabase, runSql } from '../support/postgresql-databases.js';
import { writerOver } from '../support/test-database.js';

describe('PostgreSQL: a database with other defaults for transactions', () => {
  let url: string;

  beforeEach(async () => {
    url = await migratedDatabase();
  });

  afterEach(() => dropDatabase(url));

  it.each(['repeatable read', 'serializable'])(
    'gives positions without a gap to several processes under %s',
    async (isolation) => {
      const name = new URL(url).pathname.slice(1);
      await runSql(url, `alter database ${name} set default_transaction_isolation = '${isolation}'`);
      await runSql(url, `alter database ${name} set default_transaction_read_only = on`);
      const pools = numbers(3).map(() => openPool(url, 2, { pipeline: true }));
      try {
        const logs = pools.map((pool) => new PostgresqlEventLog(pool));
        const answers = await Promise.all(
          logs.map(async (log, process) => {
            const writer = writerOver(log, liveFolds());
            const positions: number[] = [];
            for (const n of numbers(20))
              positions.push(
                ...positionsOf(await writer.write(append([joy()], { userId: `${process}-${n}` }))),
              );
            return positions;
          }),
        );
        const expected = numbers(60);
        expect(answers.flat().toSorted((a, b) => a - b)).toEqual(expected);
        expect((await allEvents(logs[0] as PostgresqlEventLog)).map(({ position }) => position)).toEqual(
          expected,
        );
      } finally {
        await Promise.all(pools.map((pool) => pool.end()));
      }
    },
  );
});
