import { registered, turnRecorded, started } from '../../../test/support/happened.js';
import { MemoryRowStore } from '../../../test/support/memory-row-store.js';
import { Recorder } from '../../../test/support/recorder.js';
import { refusalOf } from '../../../test/support/refusal.js';
import { RowBatch } from '../../database/row-batch.js';
import { defineTable, integer, text } from '../../database/table.js';
import { checkpointsTable } from '../../events/log/log-tables.js';
import { defineProjection } from '../projection.js';
import { ProjectionFolds } from './projection-folds.js';

const seenTable = defineTable('seen', { userId: text(), times: integer() }, { key: ['userId'] });

/** Counts a user's registrations. */
const counting = defineProjection({
  name: 'counting',
  version: 3,
  tables: [seenTable],
  folds: {
    'user.registered': ({ userId }, rows) => {
      rows.evolve(seenTable, [userId], (row) => ({ userId, times: (row?.times ?? 0) + 1 }));
    },
  },
});

/** Throws on every turn. */
const failing = defineProjection({
  name: 'failing',
  version: 1,
  tables: [],
  folds: {
    'turn.recorded': () => {
      throw new TypeError('no such field');
    },
  },
});

describe('ProjectionFolds', () => {
  it('folds an event into every projection that handles its type, and into no other', () => {
    const rows = new RowBatch(new MemoryRowStore());
    const recorder = new Recorder();
    const folds = new ProjectionFolds([counting, { ...counting, name: 'counting-again' }, failing]);
    folds.fold(recorder.record(registered()), rows);
    folds.fold(recorder.record(started('session-1')), rows);
    expect(rows.get(seenTable, 'user-1')).toEqual({ userId: 'user-1', times: 2 });
  });

  it('throws an error that names the projection and the event, and keeps the cause', () => {
    const rows = new RowBatch(new MemoryRowStore());
    const event = new Recorder().record(turnRecorded());
    const failure = refusalOf(() => new ProjectionFolds([counting, failing]).fold(event, rows));
    expect(failure).toMatchObject({
      status: 500,
      code: 'projection.failed',
      cause: new TypeError('no such field'),
    });
    expect(failure.message).toBe(
      'Projection failing could not fold turn.recorded of conversation:user-1/session-1: no such field.',
    );
  });

  it('writes the position and the version to the checkpoint of every projection', () => {
    const rows = new RowBatch(new MemoryRowStore());
    new ProjectionFolds([counting, failing]).checkpoint(7, rows);
    expect(rows.get(checkpointsTable, 'counting')).toEqual({
      projection: 'counting',
      version: 3,
      position: 7,
    });
    expect(rows.get(checkpointsTable, 'failing')).toEqual({ projection: 'failing', version: 1, position: 7 });
  });
});
