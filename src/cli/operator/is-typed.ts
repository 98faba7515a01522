import { createInterface } from 'node:readline/promises';

type Input = NodeJS.ReadableStream & { isTTY?: boolean };
type Output = NodeJS.WritableStream & { isTTY?: boolean };

/**
 * Whether a person has typed the word that was asked for; false where there is no terminal to ask on, after Ctrl-C and at
 * the end of the input.
 */
export async function isTyped(
  word: string,
  question: string,
  { input, output }: { input: Input; output: Output },
): Promise<boolean> {
  if (!input.isTTY || !output.isTTY) return false;
  const terminal = createInterface({ input, output });
  const leave = new AbortController();
  terminal.on('close', () => leave.abort());
  try {
    return (await terminal.question(question, { signal: leave.signal })).trim() === word;
  } catch (error) {
    if (leave.signal.aborted) return false;
    throw error;
  } finally {
    terminal.close();
  }
}
