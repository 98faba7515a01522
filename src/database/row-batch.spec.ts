import * as fc from 'fast-check';
import { MemoryRowStore } from '../../test/support/memory-row-store.js';
import { RowBatch } from './row-batch.js';
import type { RowChange } from './row-store.js';
import { defineTable, integer, text, type Key, type Table } from './table.js';

const boats = defineTable(
  'boats',
  { userId: text(), name: text(), length: integer() },
  { key: ['userId', 'name'] },
);
const marlin = { userId: 'u', name: 'Marlin', length: 7 };
const longer = { ...marlin, length: 9 };

/** A store that records which rows were loaded. */
class CountingStore extends MemoryRowStore {
  readonly loaded: string[] = [];

  override load(table: Table, key: readonly Key[]): object | undefined {
    this.loaded.push(key.join('/'));
    return super.load(table, key);
  }
}

function storeWith(...rows: (typeof marlin)[]): CountingStore {
  const store = new CountingStore();
  const batch = new RowBatch(store);
  for (const row of rows) batch.put(boats, row);
  store.save(batch.changes());
  return store;
}

const changesOf = (batch: RowBatch): RowChange[] => [...(batch.changes().get(boats)?.values() ?? [])];

describe('a batch of rows', () => {
  it('reads a row that is only inserted before it is put, once, so that the database need not', () => {
    const receipts = defineTable('receipts', { name: text() }, { key: ['name'], insertOnly: true });
    const store = storeWith();
    const batch = new RowBatch(store);
    batch.put(receipts, { name: 'one' });
    batch.put(boats, marlin);
    expect(store.loaded).toEqual(['one']);
    batch.get(receipts, 'two');
    batch.put(receipts, { name: 'two' });
    expect(store.loaded).toEqual(['one', 'two']);
  });

  it('loads a row only once, even when it does not exist', () => {
    const store = storeWith(marlin);
    const batch = new RowBatch(store);
    expect([batch.get(boats, 'u', 'Marlin'), batch.get(boats, 'u', 'Marlin')]).toEqual([marlin, marlin]);
    expect([batch.get(boats, 'u', 'Ray'), batch.get(boats, 'u', 'Ray')]).toEqual([undefined, undefined]);
    expect(store.loaded).toEqual(['u/Marlin', 'u/Ray']);
  });

  it('reads its own writes, and changes the store only when it is saved', () => {
    const store = storeWith(marlin);
    const batch = new RowBatch(store);
    batch.put(boats, longer);
    expect(batch.get(boats, 'u', 'Marlin')).toBe(longer);
    expect(store.load(boats, ['u', 'Marlin'])).toBe(marlin);
    store.save(batch.changes());
    expect(store.load(boats, ['u', 'Marlin'])).toBe(longer);
  });

  it('does not load a row that it overwrites, not even to read it back', () => {
    const store = storeWith(marlin);
    const batch = new RowBatch(store);
    batch.put(boats, longer);
    expect(batch.get(boats, 'u', 'Marlin')).toBe(longer);
    expect(store.loaded).toEqual([]);
    expect(changesOf(batch)).toEqual([{ key: ['u', 'Marlin'], before: undefined, after: longer }]);
  });

  it('reports the original row after several changes', () => {
    const batch = new RowBatch(storeWith(marlin));
    batch.evolve<typeof marlin>(boats, ['u', 'Marlin'], (row) => ({ ...(row ?? marlin), length: 8 }));
    batch.evolve<typeof marlin>(boats, ['u', 'Marlin'], (row) => ({
      ...(row ?? marlin),
      length: (row?.length ?? 0) + 1,
    }));
    expect(changesOf(batch)).toEqual([{ key: ['u', 'Marlin'], before: marlin, after: longer }]);
  });

  it('evolves a row from undefined when there is none', () => {
    const batch = new RowBatch(storeWith());
    batch.evolve<typeof marlin>(boats, ['u', 'Marlin'], (row) => row ?? marlin);
    expect(changesOf(batch)).toEqual([{ key: ['u', 'Marlin'], before: undefined, after: marlin }]);
  });

  it('reports no change when evolve returns the same object', () => {
    const batch = new RowBatch(storeWith(marlin));
    batch.evolve(boats, ['u', 'Marlin'], (row) => row ?? marlin);
    expect(batch.changes().size).toBe(0);
    expect(batch.mark()).toBe(0);
  });

  it('reports no change after a read', () => {
    const batch = new RowBatch(storeWith(marlin));
    batch.get(boats, 'u', 'Marlin');
    batch.get(boats, 'u', 'Ray');
    expect(batch.changes().size).toBe(0);
  });

  it('removes a stored row', () => {
    const store = storeWith(marlin);
    const batch = new RowBatch(store);
    batch.remove(boats, 'u', 'Marlin');
    expect(batch.get(boats, 'u', 'Marlin')).toBeUndefined();
    expect(changesOf(batch)).toEqual([{ key: ['u', 'Marlin'], before: marlin, after: undefined }]);
    store.save(batch.changes());
    expect(store.all(boats)).toEqual([]);
  });

  it('reports no change when a removed row never existed', () => {
    const batch = new RowBatch(storeWith());
    batch.remove(boats, 'u', 'Marlin');
    expect(batch.changes().size).toBe(0);
  });

  it('removes a stored row that it has overwritten without reading', () => {
    const store = storeWith(marlin);
    const batch = new RowBatch(store);
    batch.put(boats, longer);
    batch.remove(boats, 'u', 'Marlin');
    expect(batch.get(boats, 'u', 'Marlin')).toBeUndefined();
    store.save(batch.changes());
    expect(store.all(boats)).toEqual([]);
  });

  it('puts back a row that it removed', () => {
    const batch = new RowBatch(storeWith(marlin));
    batch.remove(boats, 'u', 'Marlin');
    batch.put(boats, longer);
    expect(changesOf(batch)).toEqual([{ key: ['u', 'Marlin'], before: marlin, after: longer }]);
  });

  it('keeps keys apart whose parts join to the same text', () => {
    const batch = new RowBatch(storeWith());
    batch.put(boats, { userId: 'ab', name: 'c', length: 1 });
    batch.put(boats, { userId: 'a', name: 'bc', length: 2 });
    expect(changesOf(batch)).toHaveLength(2);
  });
});

describe('a rollback of a batch', () => {
  it('returns to the mark and keeps earlier changes', () => {
    const batch = new RowBatch(storeWith(marlin));
    batch.put(boats, longer);
    const mark = batch.mark();
    batch.put(boats, { ...marlin, length: 100 });
    batch.put(boats, { ...marlin, name: 'Ray' });
    batch.remove(boats, 'u', 'Marlin');
    batch.rollback(mark);
    expect(batch.get(boats, 'u', 'Marlin')).toBe(longer);
    expect(changesOf(batch)).toEqual([{ key: ['u', 'Marlin'], before: undefined, after: longer }]);
  });

  it('loads a row from the store again after undoing its overwrite', () => {
    const batch = new RowBatch(storeWith(marlin));
    const mark = batch.mark();
    batch.put(boats, longer);
    batch.rollback(mark);
    expect(batch.changes().size).toBe(0);
    expect(batch.get(boats, 'u', 'Marlin')).toBe(marlin);
    batch.put(boats, longer);
    expect(changesOf(batch)).toEqual([{ key: ['u', 'Marlin'], before: marlin, after: longer }]);
  });

  it('leaves exactly the changes of the commands that were not refused, for any sequence of commands', () => {
    const name = fc.constantFrom('a', 'b', 'c');
    const step = fc.oneof(
      fc.record({ do: fc.constant('put' as const), name, length: fc.nat(9) }),
      fc.record({ do: fc.constant('remove' as const), name }),
      fc.record({ do: fc.constant('grow' as const), name }),
      fc.record({ do: fc.constant('read' as const), name }),
    );
    const command = fc.record({ steps: fc.array(step, { maxLength: 5 }), refused: fc.boolean() });
    fc.assert(
      fc.property(fc.array(name), fc.array(command, { maxLength: 12, size: 'max' }), (stored, commands) => {
        const store = storeWith(...stored.map((each) => ({ userId: 'u', name: each, length: 5 })));
        const model = new Map<string, number>(stored.map((each) => [each, 5]));
        const batch = new RowBatch(store);
        for (const { steps, refused } of commands) {
          const mark = batch.mark();
          for (const each of steps) applyToBatch(batch, each);
          if (refused) batch.rollback(mark);
          else for (const each of steps) applyToModel(model, each);
        }
        const lengths = ['a', 'b', 'c'].map((each) => batch.get(boats, 'u', each)?.length);
        expect(lengths).toEqual(['a', 'b', 'c'].map((each) => model.get(each)));
        store.save(batch.changes());
        expect(new Map(store.all(boats).map((row) => [row.name, row.length]))).toEqual(model);
      }),
      { numRuns: 500 },
    );
  });
});

type Step = { do: 'put'; name: string; length: number } | { do: 'remove' | 'grow' | 'read'; name: string };

function applyToBatch(batch: RowBatch, step: Step): void {
  if (step.do === 'put') batch.put(boats, { userId: 'u', name: step.name, length: step.length });
  if (step.do === 'remove') batch.remove(boats, 'u', step.name);
  if (step.do === 'read') batch.get(boats, 'u', step.name);
  if (step.do === 'grow') {
    batch.evolve<typeof marlin>(boats, ['u', step.name], (row) => ({
      userId: 'u',
      name: step.name,
      length: (row?.length ?? 0) + 1,
    }));
  }
}

function applyToModel(model: Map<string, number>, step: Step): void {
  if (step.do === 'put') model.set(step.name, step.length);
  if (step.do === 'remove') model.delete(step.name);
  if (step.do === 'grow') model.set(step.name, (model.get(step.name) ?? 0) + 1);
}
