import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { whyOf } from '../../why.js';
import type { FoldDefinition } from './define-fold.js';
import { notAFold } from './replay-errors.js';

const EXTENSIONS = ['.js', '.mjs', '.ts', '.mts'];
const COLUMN_TYPES = ['text', 'integer', 'real', 'boolean', 'timestamp', 'json'];

/** A fold that was loaded from a file. */
export interface LoadedFold {
  definition: FoldDefinition;
  /** SHA-256 of the file, 64 hex digits; not of what it imports. */
  hash: string;
}

/**
 * Loads a fold file, which runs with all rights of this process. Throws InvalidInput if it cannot be read or
 * run, or if its default export is not a fold.
 */
export async function loadFold(file: string): Promise<LoadedFold> {
  if (!EXTENSIONS.includes(extname(file)))
    throw notAFold(file, `must end in one of ${EXTENSIONS.join(', ')}`);
  const text = await readFile(file).catch((cause: unknown) => {
    throw notAFold(file, `cannot be read: ${whyOf(cause)}`, cause);
  });
  const exported = await import(pathToFileURL(resolve(file)).href).catch((cause: unknown) => {
    throw notAFold(file, `cannot be run: ${whyOf(cause)}`, cause);
  });
  const { default: definition } = exported as { default?: unknown };
  const wrong = faultsOf(definition);
  if (wrong.length > 0) {
    const valid = 'export default defineFold({ name, key: (event) => …, fold: (row, event) => … })';
    throw notAFold(file, `exports no fold: ${wrong.join('; ')}. It must be: ${valid}`);
  }
  return { definition: definition as FoldDefinition, hash: sha256(text) };
}

function faultsOf(definition: unknown): string[] {
  if (definition === undefined) return ['it has no default export'];
  if (typeof definition !== 'object' || definition === null) return ['its default export is not an object'];
  const { name, key, fold, columns } = definition as Record<string, unknown>;
  return [
    ...(typeof name === 'string' && name !== '' ? [] : ['name must be a text']),
    ...(typeof key === 'function' ? [] : ['key must be a function']),
    ...(typeof fold === 'function' ? [] : ['fold must be a function']),
    ...columnFaults(columns),
  ];
}

function columnFaults(columns: unknown): string[] {
  if (columns === undefined) return [];
  if (typeof columns !== 'object' || columns === null) return ['columns must be an object'];
  return Object.entries(columns as Record<string, unknown>).flatMap(([name, type]) => {
    if (name === 'key') return ['columns must not contain key, which every row has'];
    if (COLUMN_TYPES.includes(type as string)) return [];
    return [`columns.${name} must be one of ${COLUMN_TYPES.join(', ')}`];
  });
}

function sha256(text: Uint8Array): string {
  return createHash('sha256').update(text).digest('hex');
}
