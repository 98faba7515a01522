import type { BatchFolds, EventFolds } from '../../src/projections/folding/event-folds.js';

const nothing = (): void => undefined;
const nothingFolded: BatchFolds = {
  isBehind: false,
  fold: nothing,
  checkpoint: nothing,
  visible: (rows) => rows,
};

/** For a log that nothing is folded from. */
export const noFolds: EventFolds = { from: () => nothingFolded, catchUpInline: async () => false };
