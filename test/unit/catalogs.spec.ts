import { globSync } from 'node:fs';
import { join } from 'node:path';
import { EVENT_TYPES } from '../../src/events/event-catalog.js';
import type { EventType } from '../../src/events/event.js';
import { PROJECTIONS } from '../../src/projections/projection-catalog.js';
import type { Projection } from '../../src/projections/projection.js';

const SOURCES = join(import.meta.dirname, '../../src');

/** Everything that the files export. */
async function exportsOf(pattern: string): Promise<object[]> {
  const files = globSync(`${SOURCES}/${pattern}`);
  const modules = await Promise.all(files.map((file) => import(file) as Promise<Record<string, object>>));
  return modules.flatMap((module) => Object.values(module)).filter((each) => Object(each) === each);
}

const events = (await exportsOf('events/**/*.event.ts')).filter(
  (each): each is EventType => 'upcasters' in each && 'validate' in each,
);
const projections = (await exportsOf('projections/**/*.projection.ts')).filter(
  (each): each is Projection => 'folds' in each,
);

const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name);

describe('the catalog of events', () => {
  it('lists every declared event type exactly once', () => {
    expect(EVENT_TYPES.map(({ type }) => type).toSorted()).toEqual(events.map(({ type }) => type).toSorted());
    expect(new Set<EventType>(EVENT_TYPES)).toEqual(new Set(events));
    expect(new Set(EVENT_TYPES.map(({ type }) => type)).size).toBe(EVENT_TYPES.length);
  });

  it.each([...EVENT_TYPES])(
    'has an upcaster for each earlier version of $type, which is at version $version',
    (declared) => {
      expect(declared.type).toMatch(/^[a-z]+\.[a-z]+(-[a-z]+)*$/);
      expect(declared.version).toBeGreaterThanOrEqual(1);
      expect(declared.upcasters).toHaveLength(declared.version - 1);
    },
  );
});

describe('the catalog of projections', () => {
  it('lists every declared projection', () => {
    expect(PROJECTIONS.toSorted(byName)).toEqual(projections.toSorted(byName));
  });

  it('has a unique name for every table', () => {
    const names = PROJECTIONS.flatMap(({ tables }) => tables.map(({ name }) => name));
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(PROJECTIONS.flatMap(({ tables }) => tables))('partitions $name by user', ({ columns, key }) => {
    expect(columns.userId).toMatchObject({ kind: 'text', nullable: false });
    expect(key[0]).toBe('userId');
  });

  it.each([...PROJECTIONS])('folds only declared event types in $name', ({ folds }) => {
    const types: string[] = EVENT_TYPES.map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(Object.keys(folds)));
  });
});
