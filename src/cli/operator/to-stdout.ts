import { unwritableOutput } from '../../operations/transfer/row-file.js';

/** Does work that writes to stdout. A stdout that cannot be written is refused as a file is. */
export async function toStdout<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { syscall, code } = error as NodeJS.ErrnoException;
    // A reader that has read enough, such as `head`, is no error.
    throw syscall === 'write' && code !== 'EPIPE' ? unwritableOutput('stdout', error) : error;
  }
}
