import type { BatchFolds, EventFolds } from '../../src/projections/folding/event-folds.js';

const nothing = (): void => undefined;
const nothingFolded: BatchFolds = {
  isBehind: false,
  fold: nothing,
  replace: nothing,
  checkpoint: nothing,
  visibleRows: (rows) => rows,
};

/** Folds nothing, for a log without projections. */
export const noFolds: EventFolds = { forBatch: () => nothingFolded, catchUpInline: async () => false };
