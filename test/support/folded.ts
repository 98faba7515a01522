import { RowBatch } from '../../src/database/row-batch.js';
import { ProjectionFolds } from '../../src/projections/folding/projection-folds.js';
import type { Projection } from '../../src/projections/projection.js';
import { MemoryRowStore } from './memory-row-store.js';
import { Recorder, type Happened } from './recorder.js';

/** The rows that a projection makes of the events, in the given order; every event is a batch of its own. */
export function folded(projection: Projection, happened: readonly Happened[]): MemoryRowStore {
  const folds = new ProjectionFolds([projection]);
  const recorder = new Recorder();
  const store = new MemoryRowStore();
  for (const each of happened) {
    const batch = new RowBatch(store);
    folds.fold(recorder.record(each), batch);
    store.save(batch.changes());
  }
  return store;
}
