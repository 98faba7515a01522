import { WriteTurns } from './write-turns.js';

describe('write turns', () => {
  it('count the appends of the command writer in shared memory', () => {
    const turns = new WriteTurns();
    const elsewhere = new WriteTurns(turns.memory);
    const [writer, bulkLoad] = [turns.forCommands, turns.forBulkLoad];
    const before = elsewhere.appendCount;

    for (const lock of [writer, bulkLoad]) {
      lock.acquire();
      lock.recordAppend();
      lock.release();
    }
    // A transaction without an append, such as a readiness check.
    writer.acquire();
    writer.release();

    expect([before, elsewhere.appendCount]).toEqual([0, 1]);
  });

  it('report to a bulk load that commands wait', () => {
    const turns = new WriteTurns();
    const [writer, bulkLoad] = [turns.forCommands, turns.forBulkLoad];
    bulkLoad.acquire();
    expect(bulkLoad.commandsWait()).toBe(false);
    writer.acquire();
    expect(bulkLoad.commandsWait()).toBe(true);
    writer.release();
    bulkLoad.release();
    expect(bulkLoad.commandsWait()).toBe(false);
  });
});
