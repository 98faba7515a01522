import { skipsTable } from '../../src/events/log/log-tables.js';
import { openLog } from '../../src/store/open-log.js';
import { readStore } from '../../src/store/open-store-reader.js';
import { dropDatabase, migratedDatabase } from '../support/postgresql-databases.js';

const rowsFrom = (first: number, count: number) =>
  Array.from({ length: count }, (_, i) => ({
    projection: 'emotion-trend',
    eventId: String(first + i),
    position: first + i,
    cause: '',
    skippedAt: 0,
  }));

describe('a bulk load on PostgreSQL', () => {
  let url: string;

  beforeAll(async () => {
    url = await migratedDatabase();
  });

  afterAll(() => dropDatabase(url));

  it('does not wait for the lock that commands hold, nor they for it', async () => {
    const commands = openLog({ url });
    const loading = openLog({ url });
    await commands.log.transaction(() => loading.log.bulkInsert(new Map([[skipsTable, rowsFrom(1, 5_000)]])));
    await Promise.all([commands.close(), loading.close()]);
    expect(await readStore({ url }, (reader) => reader.count(skipsTable))).toBe(5_000);
  });

  it('inserts all rows or none, and can be used again after a failure', async () => {
    const { log, close } = openLog({ url });
    const doubled = [...rowsFrom(10_000, 4_000), ...rowsFrom(10_000, 1)];
    await expect(log.bulkInsert(new Map([[skipsTable, doubled]]))).rejects.toThrow('duplicate key');
    await log.bulkInsert(new Map([[skipsTable, rowsFrom(20_000, 1)]]));
    await close();
    expect(await readStore({ url }, (reader) => reader.count(skipsTable))).toBe(5_001);
  });
});
