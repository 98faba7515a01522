import { WriteTurns } from '../database/sqlite/write-turns.js';
import { Quiet } from './quiet.js';

describe('a thread that only helps', () => {
  const notOver = () => false;

  /** Writes as often as that, one command in each rest; tells how often the thread has rested. */
  function resting(commands: number) {
    const turns = new WriteTurns();
    const writer = turns.ofWriter;
    const write = () => {
      writer.take();
      writer.done();
    };
    let rests = 0;
    const quiet = new Quiet(new WriteTurns(turns.memory), async () => {
      if (rests++ < commands) write();
    });
    return { write, quiet, rests: () => rests };
  }

  it('does not rest where nobody writes', async () => {
    const { quiet, rests } = resting(0);
    await quiet.wait(notOver);
    expect(rests()).toBe(0);
  });

  it('rests for as long as commands are written, and goes on at once afterwards', async () => {
    const { quiet, write, rests } = resting(3);
    write();
    await quiet.wait(notOver);
    expect(rests()).toBe(4);
    await quiet.wait(notOver);
    expect(rests()).toBe(4);
  });

  it('does not rest once the others have done all the work', async () => {
    const { quiet, write, rests } = resting(Infinity);
    write();
    await quiet.wait(() => rests() === 2);
    expect(rests()).toBe(2);
  });
});
