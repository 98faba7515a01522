import { PassThrough } from 'node:stream';
import { isTyped } from './is-typed.js';

const streams = (isTTY: boolean) => ({
  input: Object.assign(new PassThrough(), { isTTY }),
  output: Object.assign(new PassThrough(), { isTTY }),
});

async function answered(said: string): Promise<boolean> {
  const { input, output } = streams(true);
  const answer = isTyped('my-store', 'Type my-store: ', { input, output });
  input.end(said);
  return answer;
}

describe('isTyped', () => {
  it('asks, and takes the very word', async () => {
    const { input, output } = streams(true);
    const answer = isTyped('my-store', 'Type my-store: ', { input, output });
    input.write('my-store\n');
    expect(await answer).toBe(true);
    expect(String(output.read())).toContain('Type my-store: ');
    expect(await answered('  my-store \n')).toBe(true);
  });

  it.each(['', '\n', 'y\n', 'yes\n', 'My-Store\n', 'my-store2\n', 'no\nmy-store\n'])(
    'takes nothing else: %j',
    async (said) => {
      expect(await answered(said)).toBe(false);
    },
  );

  it('does not ask where nobody can answer', async () => {
    const { input, output } = streams(false);
    input.write('my-store\n');
    expect(await isTyped('my-store', 'Type my-store: ', { input, output })).toBe(false);
    expect(output.read()).toBeNull();
  });

  it('takes Ctrl-C for no', async () => {
    const { input, output } = streams(true);
    const answer = isTyped('my-store', 'Type my-store: ', { input, output });
    input.write('my-store\u0003');
    expect(await answer).toBe(false);
  });
});
