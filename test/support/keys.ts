import { edgesoul } from './edgesoul.js';
import type { Store } from './store.js';

/** A key as `edgesoul keys` prints it. */
export interface IssuedKey {
  token: string;
  name: string;
  state: string;
  scopes: string[];
  users: string[] | null;
  lastUsedAt: string | null;
}

/** Makes a key on the store, with these options. */
export function createKey(store: Store, ...options: string[]): Promise<IssuedKey> {
  return keysOf(store, 'create', ...options);
}

/** Runs a command of `edgesoul keys` on the store, and returns what it prints as JSON. */
export async function keysOf<T = unknown>(store: Store, ...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await edgesoul(['keys', ...args, '--json'], store.settings);
  if (code !== 0) throw new Error(`edgesoul keys ${args.join(' ')} ended with ${code}: ${stdout}${stderr}`);
  return JSON.parse(stdout) as T;
}

/** The header of a request with the key. */
export function withKey({ token }: Pick<IssuedKey, 'token'>): { authorization: string } {
  return { authorization: `Bearer ${token}` };
}
