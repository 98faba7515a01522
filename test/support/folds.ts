import { activityDaysTable } from '../../src/projections/conversation-window.projection.js';
import { type EventFolds } from '../../src/projections/folding/event-folds.js';
import { LiveFolds } from '../../src/projections/folding/live-folds.js';
import { PROJECTIONS } from '../../src/projections/projection-catalog.js';
import { defineProjection } from '../../src/projections/projection.js';
import { noFolds } from './no-folds.js';

/** The folds of the service. */
export function liveFolds(): EventFolds {
  return new LiveFolds(PROJECTIONS);
}

/** A log must behave the same with each of these. */
export const FOLDS: readonly { name: string; folds: () => EventFolds }[] = [
  { name: 'without projections', folds: () => noFolds },
  { name: 'with the projections', folds: liveFolds },
];

/** Emotions that make the folds below fail: in the fold, and when its row is stored. */
export const UNFOLDABLE = 'unfoldable';
export const UNSTORABLE = 'unstorable';

/** The projections, and one that throws at UNFOLDABLE and makes a row of UNSTORABLE that cannot be stored. */
export function brittleFolds(): EventFolds {
  const brittle = defineProjection({
    name: 'brittle',
    version: 1,
    tables: [],
    folds: {
      'emotion.observed': ({ userId, data }, rows) => {
        if (data.emotion === UNFOLDABLE) throw new RangeError('no fold for this');
        if (data.emotion === UNSTORABLE) rows.put(activityDaysTable, { userId, day: null as never });
      },
    },
  });
  return new LiveFolds([...PROJECTIONS, brittle]);
}
