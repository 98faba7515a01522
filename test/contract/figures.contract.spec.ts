import { EventCounts } from '../../src/modules/ops/event-counts.js';
import { emotionPatternsTable } from '../../src/projections/emotion-trend.projection.js';
import { PROJECTIONS } from '../../src/projections/projection-catalog.js';
import { append, feeling, joy, numbers } from '../support/appends.js';
import { DATABASES } from '../support/databases.js';
import { liveFolds } from '../support/folds.js';
import type { TestDatabase } from '../support/test-database.js';

for (const database of DATABASES) {
  describe(`${database.name}: the figures for operators`, () => {
    let db: TestDatabase;

    beforeEach(async () => {
      db = await database.open();
    });

    afterEach(() => db.close());

    it('are available before anything is written', async () => {
      const { head, projections } = await db.reads.positions();
      expect(head).toBe(0);
      expect(projections).toEqual(
        PROJECTIONS.map(({ name }) => ({ name, version: 0, position: 0, status: 'live' })),
      );
      expect(await db.reads.countRows(emotionPatternsTable)).toBe(0);
      expect(await db.reads.countEvents(0, 100)).toEqual({});
      expect((await db.reads.size()).databaseBytes).toBeGreaterThan(0);
    });

    it('include positions, row counts, and event counts between two positions', async () => {
      const writer = db.writer(liveFolds());
      for (const n of numbers(10)) await writer.write(append([feeling(`emotion ${n % 3}`)]));
      const { head, projections } = await db.reads.positions();
      expect(head).toBe(10);
      expect(projections).toEqual(
        PROJECTIONS.map(({ name, version }) => ({ name, version, position: 10, status: 'live' })),
      );
      expect(await db.reads.countRows(emotionPatternsTable)).toBe(3);
      expect(await db.reads.countEvents(0, 10)).toEqual({ 'emotion.observed': 10 });
      expect(await db.reads.countEvents(4, 7)).toEqual({ 'emotion.observed': 3 });
      expect(await db.reads.countEvents(10, 10)).toEqual({});
    });

    it('count no event twice, however often and up to whatever head they are read', async () => {
      const writer = db.writer(liveFolds());
      const counts = new EventCounts(db.reads);
      const answers = [];
      for (const _ of numbers(3)) {
        await writer.write(append([joy(), joy()]));
        const { head } = await db.reads.positions();
        answers.push(...(await Promise.all([counts.get(head), counts.get(head - 1)])));
      }
      expect(answers.map(({ events }) => events)).toEqual([2, 2, 4, 4, 6, 6]);
      for (const { events, byType } of answers)
        expect(byType).toMatchObject({ 'emotion.observed': events, 'memory.formed': 0 });
    });
  });
}
