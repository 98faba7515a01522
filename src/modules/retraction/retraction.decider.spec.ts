import { given } from '../../../test/support/given.js';
import { registered } from '../../../test/support/happened.js';
import { USER } from '../../../test/support/recorder.js';
import type { PlannedRetraction } from '../../operations/retraction/planned-retraction.js';
import type { WriteState } from '../../writer/write-command.js';
import { retractEvents } from './retraction.decider.js';

/** A plan for a user with one event so far. */
function planOf(events: number): PlannedRetraction {
  return {
    lastPosition: 1,
    events: Array.from({ length: events }, (_, i) => ({ eventId: `event-${i}`, position: i + 2 })),
    changed: events,
    unknown: {},
    lasting: [],
    memoryIds: [],
    refolded: { projections: [], rows: [] },
    changes: {},
    firstChanges: [],
    originals: [],
    takenBack: {},
    memoriesGone: [],
  };
}

const retract = (planned: PlannedRetraction) => (state: WriteState) =>
  retractEvents(state, USER, { sessionId: 's', planned });

describe('taking events back', () => {
  it('takes at most 10,000, as one event names them all', () => {
    given(registered())
      .when(retract(planOf(10_001)))
      .thenFails('retraction.too-large');
  });

  it('is planned anew for a user with newer events', () => {
    const planned = { ...planOf(1), lastPosition: 0 };
    given(registered()).when(retract(planned)).thenFails('retraction.overtaken');
  });

  it('says which events nobody takes back', () => {
    const planned = { ...planOf(1), lasting: ['event-0'] };
    given(registered()).when(retract(planned)).thenFails('retraction.not-retractable');
  });
});
