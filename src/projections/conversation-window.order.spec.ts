import * as fc from 'fast-check';
import { folded } from '../../test/support/folded.js';
import { turnRecorded } from '../../test/support/happened.js';
import { USER } from '../../test/support/recorder.js';
import {
  conversationSummariesTable,
  conversationWindow,
  sessionsTable,
  windowTurnsTable,
} from './conversation-window.projection.js';

/** Turns of a few sessions in any order, at so few times that many of them share one. */
const turns = fc.array(
  fc.record({
    session: fc.constantFrom('a', 'a', 'a', 'b'),
    occurredAt: fc.integer({ min: -8, max: 24 }),
  }),
  { minLength: 1, maxLength: 60, size: 'max' },
);

type Turn = { turnId: string; session: string; occurredAt: number; position: number };

/** The turns with ids and with positions as in the log. */
const numbered = (generated: readonly { session: string; occurredAt: number }[]): Turn[] =>
  generated.map((turn, i) => ({ ...turn, turnId: `turn-${i + 1}`, position: i + 1 }));

const foldedRows = (all: readonly Turn[]) =>
  folded(
    conversationWindow,
    all.map(({ turnId, session, occurredAt }) =>
      turnRecorded({ turnId, sessionId: session }, { occurredAt }),
    ),
  );

const byTime = (a: Turn, b: Turn) => a.occurredAt - b.occurredAt || a.position - b.position;

describe('turns in any order', () => {
  it('leave the ten newest in the window of their session; of equal times, those recorded last', () => {
    fc.assert(
      fc.property(turns, (generated) => {
        const all = numbered(generated);
        const windowTurns = foldedRows(all)
          .all(windowTurnsTable)
          .filter(({ sessionId }) => sessionId === 'a')
          .toSorted((a, b) => a.occurredAt - b.occurredAt || a.position - b.position)
          .map(({ turnId, position }) => ({ turnId, position }));
        const newest = all
          .filter(({ session }) => session === 'a')
          .toSorted(byTime)
          .slice(-10);
        expect(windowTurns).toEqual(newest.map(({ turnId, position }) => ({ turnId, position })));
      }),
      { numRuns: 300 },
    );
  });

  it('leave a session whose slots are exactly the turns of its window', () => {
    fc.assert(
      fc.property(turns, (generated) => {
        const rows = foldedRows(numbered(generated));
        for (const { sessionId, slots } of rows.all(sessionsTable)) {
          const expected = rows
            .all(windowTurnsTable)
            .filter((turn) => turn.sessionId === sessionId)
            .toSorted((a, b) => a.position - b.position)
            .map(({ slot, occurredAt }) => [slot, occurredAt]);
          expect(slots).toEqual(expected);
          expect(slots.length).toBeLessThanOrEqual(10);
        }
      }),
    );
  });

  it('give the same counts, times and durations as a computation over all of them', () => {
    fc.assert(
      fc.property(turns, (generated) => {
        const all = numbered(generated);
        const rows = foldedRows(all);
        const sessions = [...Map.groupBy(all, ({ session }) => session)].map(([sessionId, ownTurns]) => ({
          sessionId,
          turnCount: ownTurns.length,
          startedAt: Math.min(...ownTurns.map(({ occurredAt }) => occurredAt)),
          lastActivityAt: Math.max(...ownTurns.map(({ occurredAt }) => occurredAt)),
        }));
        expect(rows.all(sessionsTable)).toMatchObject(sessions);
        expect(rows.load(conversationSummariesTable, [USER])).toEqual({
          userId: USER,
          currentSessionId: all.toSorted(byTime).at(-1)?.session,
          sessions: sessions.length,
          resumptions: 0,
          // All turns are within milliseconds.
          sittings: sessions.length,
          turns: all.length,
          sessionMs: sessions.reduce((sum, each) => sum + each.lastActivityAt - each.startedAt, 0),
          firstActivityAt: Math.min(...all.map(({ occurredAt }) => occurredAt)),
          lastActivityAt: Math.max(...all.map(({ occurredAt }) => occurredAt)),
        });
      }),
    );
  });
});
