import { globSync } from 'node:fs';
import { join } from 'node:path';
import type { Shape } from '../../src/validation/validator.js';
import { declaredFields } from './declared-fields.js';

const SOURCES = join(import.meta.dirname, '../../src');

/** The decorated classes that the files export; requests and events are checked with them. */
export async function shapesIn(pattern: string): Promise<Shape<object>[]> {
  const files = globSync(`${SOURCES}/${pattern}`).toSorted();
  const modules = await Promise.all(files.map((file) => import(file) as Promise<Record<string, unknown>>));
  return modules
    .flatMap((module) => Object.values(module))
    .filter(
      (each): each is Shape<object> => typeof each === 'function' && declaredFields(each as never).length > 0,
    );
}

/** What the service sends itself: no route takes it. */
const ITS_OWN: ReadonlySet<string> = new Set(['ExpireEventsInput']);

const isQuery = ({ name }: Shape<object>) => name.endsWith('Query');

/** The classes that describe what a client sends: bodies and path parameters, and query strings. */
export async function requestShapes(): Promise<{ bodies: Shape<object>[]; queries: Shape<object>[] }> {
  const patterns = ['modules/**/*.command.ts', 'modules/**/*.dto.ts', 'http/*.dto.ts'];
  const shapes = (await Promise.all(patterns.map(shapesIn))).flat().filter(({ name }) => !ITS_OWN.has(name));
  return { bodies: shapes.filter((shape) => !isQuery(shape)), queries: shapes.filter(isQuery) };
}
