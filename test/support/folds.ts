import { activityDaysTable } from '../../src/projections/conversation-window.projection.js';
import { type EventFolds } from '../../src/projections/folding/event-folds.js';
import { LiveFolds } from '../../src/projections/folding/live-folds.js';
import { PROJECTIONS } from '../../src/projections/projection-catalog.js';
import { defineProjection } from '../../src/projections/projection.js';
import { noFolds } from './no-folds.js';

/** What the service folds. */
export function liveFolds(): EventFolds {
  return new LiveFolds(PROJECTIONS);
}

/** What a log must behave alike with. */
export const FOLDS: readonly { name: string; folds: () => EventFolds }[] = [
  { name: 'that nothing is folded from', folds: () => noFolds },
  { name: 'with the four projections', folds: liveFolds },
];

/** The emotions with which an event breaks one of the folds below. */
export const UNFOLDABLE = 'unfoldable';
export const UNSTORABLE = 'unstorable';

/** The projections, and one that cannot fold one emotion and makes a row of another that no database takes. */
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
