import { resolveAsOf } from '../../src/modules/as-of.js';
import { append, joy } from '../support/appends.js';
import { DATABASES } from '../support/databases.js';
import { liveFolds } from '../support/folds.js';
import type { TestDatabase } from '../support/test-database.js';

const START = Date.parse('2026-01-01T00:00:00Z');
const iso = (at: number) => new Date(at).toISOString();

for (const database of DATABASES) {
  describe(`${database.name}: the position that a time names`, () => {
    let db: TestDatabase;
    let now: number;

    beforeEach(async () => {
      db = await database.open();
      now = START;
    });

    afterEach(() => db.close());

    /** Appends events, so many at each of the times. */
    const record = async (...moments: [at: number, events: number][]) => {
      const writer = db.writer(liveFolds(), { clock: () => now });
      for (const [at, events] of moments) {
        now = at;
        await writer.write(append(Array.from({ length: events }, joy)));
      }
    };

    it('is 0 while the log is empty, and before its first event', async () => {
      expect(await db.reads.positionAt(START)).toEqual({ position: 0, recordedAt: null });
      await record([START, 1]);
      expect(await db.reads.positionAt(START - 1)).toEqual({ position: 0, recordedAt: null });
      expect(await resolveAsOf(db.reads, '0')).toEqual({ position: 0, recordedAt: null });
    });

    it('is the greatest recorded at or before it, at every time and for every length of the log', async () => {
      const recorded: number[] = [];
      for (let i = 0; i < 12; i++) {
        const [at, events] = [START + i * 10, 1 + (i % 3)];
        await record([at, events]);
        recorded.push(...Array.from({ length: events }, () => at));
        for (let time = START - 5; time <= at + 5; time += 5) {
          const position = recorded.filter((each) => each <= time).length;
          const recordedAt = recorded[position - 1] ?? null;
          expect(await db.reads.positionAt(time)).toEqual({ position, recordedAt });
        }
      }
    });

    it('is the same after the clock was set back: the log decides', async () => {
      await record([START + 1_000, 1], [START, 1]);
      expect(await db.reads.positionAt(START + 999)).toEqual({ position: 0, recordedAt: null });
      expect(await db.reads.positionAt(START + 1_000)).toEqual({ position: 2, recordedAt: START + 1_000 });
    });

    it('is found in any RFC 3339 spelling, or said as a position', async () => {
      await record([START, 2], [START + 60_000, 2]);
      const second = { position: 2, recordedAt: START };
      for (const asOf of ['2', '2026-01-01T00:00:00Z', '2026-01-01T01:00:30.5+01:00'])
        expect(await resolveAsOf(db.reads, asOf)).toEqual(second);
    });

    it('is refused beyond the head, in the future and malformed, with what would be valid', async () => {
      await record([START, 3]);
      for (const asOf of [
        '4',
        '9007199254740993',
        iso(Date.now() + 60_000),
        'yesterday',
        '-1',
        '1.5',
        '2026-01-01',
      ])
        await expect(resolveAsOf(db.reads, asOf)).rejects.toMatchObject({
          status: 400,
          code: 'request.invalid',
          errors: [
            {
              path: 'asOf',
              message: expect.stringContaining(`position 3, recorded at ${iso(START)}`) as string,
            },
          ],
          extra: { head: 3, headRecordedAt: iso(START) },
        });
    });

    it('waits until a time that no event follows can name no other position', async () => {
      await record([START, 1]);
      const asked = Date.now();
      const resolved = resolveAsOf(db.reads, iso(asked));
      await record([asked, 1]);
      expect(await resolved).toEqual({ position: 2, recordedAt: asked });
      expect(Date.now() - asked).toBeGreaterThanOrEqual(950);
    });

    it('may be after now as long as the log is: its clock was ahead', async () => {
      const ahead = Date.now() + 3_600_000;
      await record([ahead, 1]);
      expect(await resolveAsOf(db.reads, iso(ahead - 1))).toEqual({ position: 0, recordedAt: null });
      expect(await resolveAsOf(db.reads, iso(ahead))).toEqual({ position: 1, recordedAt: ahead });
      await expect(resolveAsOf(db.reads, iso(ahead + 1))).rejects.toThrow('future');
    });
  });
}
