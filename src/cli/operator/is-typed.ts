import { createInterface } from 'node:readline/promises';

type Input = NodeJS.ReadableStream & { isTTY?: boolean };
type Output = NodeJS.WritableStream & { isTTY?: boolean };

/**
 * Asks the question and returns whether the answer is the word. Returns false without asking if there is no
 * terminal, and false after Ctrl-C or at the end of the input.
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
