import { AsyncLocalStorage } from 'node:async_hooks';
import { readFile } from 'node:fs/promises';
import { InvalidInput } from '../../errors.js';
import { whyOf } from '../../why.js';

/** The secret keys that the present work may read encrypted backups with, each an age identity. */
const present = new AsyncLocalStorage<readonly string[]>();

/** Runs work that may read what is encrypted to these identities, however deep it opens files. */
export function withIdentities<T>(
  identities: readonly string[] | undefined,
  work: () => Promise<T>,
): Promise<T> {
  return present.run(identities ?? [], work);
}

export function presentIdentities(): readonly string[] {
  return present.getStore() ?? [];
}

/**
 * Reads the identities of a file of `edgesoul backup-keys create` or `age-keygen`: one a line; what begins
 * with # is a comment. Throws InvalidInput.
 */
export async function readIdentities(file: string): Promise<string[]> {
  const { identityToRecipient } = await import('age-encryption');
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw InvalidInput.field('--identity-file', `${file} cannot be read: ${whyOf(cause)}`);
  });
  const identities = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  try {
    if (identities.length === 0) throw new Error('it has none');
    for (const identity of identities) await identityToRecipient(identity);
  } catch {
    // Without the cause, which may quote what is secret.
    throw InvalidInput.field(
      '--identity-file',
      `${file} must have age identities, AGE-SECRET-KEY-1…, one a line`,
    );
  }
  return identities;
}
