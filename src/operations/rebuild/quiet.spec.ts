import { Quiet } from './quiet.js';

const notOver = () => false;

/** A command is appended during each of the first `commands` pauses; `pauses` counts the pauses. */
function quietDuring(commands: number) {
  let appended = 0;
  let pauses = 0;
  const quiet = new Quiet(
    () => appended,
    async () => {
      if (pauses++ < commands) appended++;
    },
  );
  return { append: () => void appended++, quiet, pauses: () => pauses };
}

describe('a helper thread of a rebuild', () => {
  it('does not pause while nothing is appended', async () => {
    const { quiet, pauses } = quietDuring(0);
    await quiet.wait(notOver);
    expect(pauses()).toBe(0);
  });

  it('pauses while commands are appended, and not again afterwards', async () => {
    const { quiet, append, pauses } = quietDuring(3);
    append();
    await quiet.wait(notOver);
    expect(pauses()).toBe(4);
    await quiet.wait(notOver);
    expect(pauses()).toBe(4);
  });

  it('stops pausing once other threads have done all the work', async () => {
    const { quiet, append, pauses } = quietDuring(Infinity);
    append();
    await quiet.wait(() => pauses() === 2);
    expect(pauses()).toBe(2);
  });
});
