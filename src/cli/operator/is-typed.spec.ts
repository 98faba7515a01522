import { PassThrough } from 'node:stream';
import { isTyped } from './is-typed.js';

const streams = (isTTY: boolean) => ({
  input: Object.assign(new PassThrough(), { isTTY }),
  output: Object.assign(new PassThrough(), { isTTY }),
});

async function isTypedAfter(line: string): Promise<boolean> {
  const { input, output } = streams(true);
  const answer = isTyped('my-store', 'Type my-store: ', { input, output });
  input.end(line);
  return answer;
}

describe('isTyped', () => {
  it('asks the question and accepts exactly the word', async () => {
    const { input, output } = streams(true);
    const answer = isTyped('my-store', 'Type my-store: ', { input, output });
    input.write('my-store\n');
    expect(await answer).toBe(true);
    expect(String(output.read())).toContain('Type my-store: ');
    expect(await isTypedAfter('  my-store \n')).toBe(true);
  });

  it.each(['', '\n', 'y\n', 'yes\n', 'My-Store\n', 'my-store2\n', 'no\nmy-store\n'])(
    'refuses any other input: %j',
    async (line) => {
      expect(await isTypedAfter(line)).toBe(false);
    },
  );

  it('does not ask where there is no terminal', async () => {
    const { input, output } = streams(false);
    input.write('my-store\n');
    expect(await isTyped('my-store', 'Type my-store: ', { input, output })).toBe(false);
    expect(output.read()).toBeNull();
  });

  it('treats Ctrl-C as a refusal', async () => {
    const { input, output } = streams(true);
    const answer = isTyped('my-store', 'Type my-store: ', { input, output });
    input.write('my-store\u0003');
    expect(await answer).toBe(false);
  });
});
