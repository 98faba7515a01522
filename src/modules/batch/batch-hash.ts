import { hash } from 'node:crypto';
import { configure } from 'safe-stable-stringify';

/** Commands are nested less deeply; deeper ones are refused one by one and need no exact text. */
const stringify = configure({ maximumDepth: 64 });

/** The hashes of a batch, which its idempotency key stands for. */
export interface BatchHashes {
  hash: string;
  formerHash: string | undefined;
}

/** Returns the SHA-256 of the commands, whatever the order of their fields, and the one of older releases. */
export function batchHashes(commands: readonly unknown[]): BatchHashes {
  return { hash: hash('sha256', stringify(commands) ?? '', 'hex'), formerHash: formerHash(commands) };
}

/**
 * Older releases depended on the order of the fields, and refused a batch that is nested too deeply to be
 * written.
 */
function formerHash(commands: readonly unknown[]): string | undefined {
  try {
    return hash('sha256', JSON.stringify(commands), 'hex');
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
