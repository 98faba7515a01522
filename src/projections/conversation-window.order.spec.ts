import * as fc from 'fast-check';
import { folded } from '../../test/support/folded.js';
import { said } from '../../test/support/happened.js';
import { USER } from '../../test/support/recorder.js';
import {
  conversationSummariesTable,
  conversationWindow,
  sessionsTable,
  windowTurnsTable,
} from './conversation-window.projection.js';

/** Turns of a few sessions at a few times, so that many of them share a moment, in any order. */
const turns = fc.array(
  fc.record({
    session: fc.constantFrom('a', 'a', 'a', 'b'),
    occurredAt: fc.integer({ min: -8, max: 24 }),
  }),
  { minLength: 1, maxLength: 60, size: 'max' },
);

type Turn = { turnId: string; session: string; occurredAt: number; position: number };

/** The turns as the log numbers them. */
const numbered = (drawn: readonly { session: string; occurredAt: number }[]): Turn[] =>
  drawn.map((turn, i) => ({ ...turn, turnId: `turn-${i + 1}`, position: i + 1 }));

const foldedRows = (all: readonly Turn[]) =>
  folded(
    conversationWindow,
    all.map(({ turnId, session, occurredAt }) => said({ turnId, sessionId: session }, { occurredAt })),
  );

const byTime = (a: Turn, b: Turn) => a.occurredAt - b.occurredAt || a.position - b.position;

describe('turns in any order', () => {
  it('leave the ten newest of their session in its window, of those of one moment the ones told last', () => {
    fc.assert(
      fc.property(turns, (drawn) => {
        const all = numbered(drawn);
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

  it('leave a session that knows exactly the turns of its window', () => {
    fc.assert(
      fc.property(turns, (drawn) => {
        const rows = foldedRows(numbered(drawn));
        for (const { sessionId, slots } of rows.all(sessionsTable)) {
          const kept = rows
            .all(windowTurnsTable)
            .filter((turn) => turn.sessionId === sessionId)
            .toSorted((a, b) => a.position - b.position)
            .map(({ slot, occurredAt }) => [slot, occurredAt]);
          expect(slots).toEqual(kept);
          expect(slots.length).toBeLessThanOrEqual(10);
        }
      }),
    );
  });

  it('leave counts, times and durations that a look at all of them gives', () => {
    fc.assert(
      fc.property(turns, (drawn) => {
        const all = numbered(drawn);
        const rows = foldedRows(all);
        const sessions = [...Map.groupBy(all, ({ session }) => session)].map(([sessionId, own]) => ({
          sessionId,
          turnCount: own.length,
          startedAt: Math.min(...own.map(({ occurredAt }) => occurredAt)),
          lastActivityAt: Math.max(...own.map(({ occurredAt }) => occurredAt)),
        }));
        expect(rows.all(sessionsTable)).toMatchObject(sessions);
        expect(rows.load(conversationSummariesTable, [USER])).toEqual({
          userId: USER,
          currentSessionId: all.toSorted(byTime).at(-1)?.session,
          sessions: sessions.length,
          turns: all.length,
          sessionMs: sessions.reduce((sum, own) => sum + own.lastActivityAt - own.startedAt, 0),
          firstActivityAt: Math.min(...all.map(({ occurredAt }) => occurredAt)),
          lastActivityAt: Math.max(...all.map(({ occurredAt }) => occurredAt)),
        });
      }),
    );
  });
});
