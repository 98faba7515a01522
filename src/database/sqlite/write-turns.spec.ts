import { WriteTurns } from './write-turns.js';

describe('turns', () => {
  it('count what the writer of commands begins, wherever their memory is shared', () => {
    const turns = new WriteTurns();
    const elsewhere = new WriteTurns(turns.memory);
    const [writer, filler] = [turns.ofWriter, turns.ofFiller];
    const before = elsewhere.begun;

    writer.take();
    writer.done();
    filler.take();
    filler.done();

    expect([before, elsewhere.begun]).toEqual([0, 1]);
  });

  it('tell whoever fills that the writer waits', () => {
    const turns = new WriteTurns();
    const [writer, filler] = [turns.ofWriter, turns.ofFiller];
    filler.take();
    expect(filler.isAwaited()).toBe(false);
    writer.take();
    expect(filler.isAwaited()).toBe(true);
    writer.done();
    filler.done();
    expect(filler.isAwaited()).toBe(false);
  });
});
