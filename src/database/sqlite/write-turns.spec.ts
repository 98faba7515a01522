import { WriteTurns } from './write-turns.js';

describe('turns', () => {
  it('count in which of them the writer of commands has appended events, wherever their memory is shared', () => {
    const turns = new WriteTurns();
    const elsewhere = new WriteTurns(turns.memory);
    const [writer, filler] = [turns.forCommands, turns.forBulkLoad];
    const before = elsewhere.written;

    for (const turn of [writer, filler]) {
      turn.take();
      turn.appended();
      turn.done();
    }
    // Someone asked whether it could.
    writer.take();
    writer.done();

    expect([before, elsewhere.written]).toEqual([0, 1]);
  });

  it('tell whoever fills that the writer waits', () => {
    const turns = new WriteTurns();
    const [writer, filler] = [turns.forCommands, turns.forBulkLoad];
    filler.take();
    expect(filler.commandsWait()).toBe(false);
    writer.take();
    expect(filler.commandsWait()).toBe(true);
    writer.done();
    filler.done();
    expect(filler.commandsWait()).toBe(false);
  });
});
