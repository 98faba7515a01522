import { Quiet } from './quiet.js';

const NOT_OVER = () => false;

/** A command is appended during each of the first `commands` pauses; `rests` counts the pauses. */
function resting(commands: number) {
  let begun = 0;
  let rests = 0;
  const quiet = new Quiet(
    () => begun,
    async () => {
      if (rests++ < commands) begun++;
    },
  );
  return { write: () => void begun++, quiet, rests: () => rests };
}

describe('a thread that only helps', () => {
  it('does not rest where nobody writes', async () => {
    const { quiet, rests } = resting(0);
    await quiet.wait(NOT_OVER);
    expect(rests()).toBe(0);
  });

  it('rests for as long as commands are written, and goes on at once afterwards', async () => {
    const { quiet, write, rests } = resting(3);
    write();
    await quiet.wait(NOT_OVER);
    expect(rests()).toBe(4);
    await quiet.wait(NOT_OVER);
    expect(rests()).toBe(4);
  });

  it('does not rest once the others have done all the work', async () => {
    const { quiet, write, rests } = resting(Infinity);
    write();
    await quiet.wait(() => rests() === 2);
    expect(rests()).toBe(2);
  });
});
