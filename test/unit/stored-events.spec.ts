import { RowBatch } from '../../src/database/row-batch.js';
import { USER_ERASED } from '../../src/events/erasure/user-erased.event.js';
import { EVENT_TYPES, EventCatalog } from '../../src/events/event-catalog.js';
import { EventDecoder } from '../../src/events/log/event-decoder.js';
import { chainHash, GENESIS } from '../../src/events/log/event-hash.js';
import { ProjectionFolds } from '../../src/projections/folding/projection-folds.js';
import { PROJECTIONS } from '../../src/projections/projection-catalog.js';
import { MemoryRowStore } from '../support/memory-row-store.js';
import { storedFixtures } from '../support/stored-events.js';

const fixtures = storedFixtures();
const catalog = new EventCatalog();
const decoder = new EventDecoder();

/** Every version of every type, from 1 to the newest: `memory.formed v1`, … */
const everyVersion = EVENT_TYPES.flatMap(({ type, version }) =>
  Array.from({ length: version }, (_, i) => `${type} v${i + 1}`),
);

describe('the stored events of every version ever written', () => {
  it('have one fixture each', () => {
    expect(fixtures.map(({ type, schemaVersion }) => `${type} v${schemaVersion}`).toSorted()).toEqual(
      everyVersion.toSorted(),
    );
  });

  it('leave no row when the user is erased', () => {
    const rows = new RowBatch(new MemoryRowStore());
    const folds = new ProjectionFolds(PROJECTIONS);
    const others = fixtures.filter(({ type }) => type !== USER_ERASED);
    const erasures = fixtures.filter(({ type }) => type === USER_ERASED);
    const inOrder = others.toSorted((a, b) => a.stored.position - b.stored.position);
    for (const { stored } of [...inOrder, ...erasures])
      folds.fold(decoder.decode({ ...stored, userId: 'ada' }), rows);
    const left = [...rows.changes().values()].flatMap((changed) => [...changed.values()]);
    expect(left.filter(({ after }) => after !== undefined)).toEqual([]);
  });

  it.each(fixtures)('include $type v$schemaVersion under the right file name', (fixture) => {
    expect(fixture.stored).toMatchObject({ type: fixture.type, schemaVersion: fixture.schemaVersion });
  });

  it.each(fixtures)(
    'include $type v$schemaVersion, which decodes to the newest version',
    ({ type, stored }) => {
      const { data: _data, hash: _hash, streamKey: _key, schemaVersion: _version, ...envelope } = stored;
      const event = decoder.decode(stored);
      expect(event).toMatchObject({ ...envelope, schemaVersion: catalog.version(type) });
      expect(Object.keys(event)).not.toEqual(expect.arrayContaining(['hash']));
      expect(catalog.check(type, event.data)).toBe(event.schemaVersion);
    },
  );

  it('decode to exactly the stored data when they are of the newest version', () => {
    const newest = fixtures.filter(({ type, schemaVersion }) => schemaVersion === catalog.version(type));
    for (const { stored } of newest) {
      expect(JSON.stringify(decoder.decode(stored).data)).toBe(stored.data);
    }
  });

  it('can be folded into every projection', () => {
    const rows = new RowBatch(new MemoryRowStore());
    const folds = new ProjectionFolds(PROJECTIONS);
    const others = fixtures.filter(({ type }) => type !== USER_ERASED);
    for (const { stored } of others.toSorted((a, b) => a.stored.position - b.stored.position)) {
      folds.fold(decoder.decode(stored), rows);
    }
    const changed = [...rows.changes().keys()].map(({ name }) => name);
    expect(changed).toEqual(
      expect.arrayContaining(['profiles', 'conversation_sessions', 'emotion_patterns']),
    );
  });

  it.each(fixtures)('include $type v$schemaVersion unchanged: its hash still matches', ({ stored }) => {
    expect(chainHash(GENESIS, stored)).toBe(stored.hash);
  });
});
