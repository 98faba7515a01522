import * as fc from 'fast-check';
import { folded } from '../../../test/support/folded.js';
import { ended, started, turnRecorded } from '../../../test/support/happened.js';
import { NOW, USER, type Happened } from '../../../test/support/recorder.js';
import { DAY_MS, MINUTE_MS } from '../../durations.js';
import {
  conversationSummariesTable,
  conversationWindow,
  type ConversationSummaryRow,
} from '../conversation-window.projection.js';
import { sittingsTable } from './sittings.js';

/** Midnight, so that sittings are cut at the borders of days. */
const MIDNIGHT = NOW - (NOW % DAY_MS);

const at = (minutes: number, recordedAt = NOW + 100 * DAY_MS) => ({
  occurredAt: MIDNIGHT + minutes * MINUTE_MS,
  recordedAt,
});
/** `recordedAt` of what was recorded that many minutes after midnight. */
const recorded = (minutes: number): number => MIDNIGHT + minutes * MINUTE_MS;
const live = (minutes: number) => at(minutes, recorded(minutes));
const late = (minutes: number) => turnRecorded({}, at(minutes, recorded(90)));
const turnAt = (minutes: number): Happened => turnRecorded({}, at(minutes));
const rowsOf = (happened: readonly Happened[]) => folded(conversationWindow, [...happened]);
const summaryOf = (happened: readonly Happened[]) =>
  rowsOf(happened).load(conversationSummariesTable, [USER]) as ConversationSummaryRow;
const activeMinutes = (happened: readonly Happened[]): number => summaryOf(happened).sessionMs / MINUTE_MS;
const sittingsOf = (happened: readonly Happened[]) => summaryOf(happened).sittings;

/** The minutes and the number of sittings: a pause of over 30 minutes or an end divides them. */
function expected(turns: readonly number[], ends: readonly number[] = []): [number, number] {
  const sorted = turns.toSorted((a, b) => a - b);
  const pauses = sorted.slice(1).map((turn, i) => {
    const before = sorted[i] as number;
    const divides = turn - before > 30 || ends.some((end) => before < end && end <= turn);
    return divides ? undefined : turn - before;
  });
  const minutes = pauses.reduce<number>((sum, pause) => sum + (pause ?? 0), 0);
  return [minutes, 1 + pauses.filter((pause) => pause === undefined).length];
}

/** Turns at every distance from their neighbours around 30 minutes, over a few days. */
const gaps = fc.array(fc.constantFrom<number>(0, 1, 7, 15, 29, 30, 31, 61, 500, 1_440), {
  minLength: 1,
  maxLength: 40,
});
const shuffledTurns = gaps
  .map((each) => each.map((_, i) => each.slice(0, i + 1).reduce((sum, gap) => sum + gap, 0)))
  .chain((turns) => fc.shuffledSubarray(turns, { minLength: turns.length, maxLength: turns.length }));

describe('the active minutes of a session', () => {
  it('leave out pauses of more than 30 minutes', () => {
    expect(activeMinutes([0, 30].map(turnAt))).toBe(30);
    expect(activeMinutes([0, 31].map(turnAt))).toBe(0);
    expect(activeMinutes([0, 10, 200, 215].map(turnAt))).toBe(25);
  });

  it('are the same in whatever order the turns arrive', () => {
    fc.assert(
      fc.property(shuffledTurns, (turns) => {
        const happened = turns.map(turnAt);
        expect([activeMinutes(happened), sittingsOf(happened)]).toEqual(expected(turns));
      }),
      { numRuns: 300 },
    );
  });

  it('are the same in whatever order the turns of a sitting of several days arrive', () => {
    const turns = Array.from({ length: 300 }, (_, i) => i * 20);
    const mixed = turns.map((_, i) => turns[(i * 91) % 300] as number);
    for (const order of [turns, turns.toReversed(), mixed].map((each) => each.map(turnAt)))
      expect([activeMinutes(order), sittingsOf(order)]).toEqual([299 * 20, 1]);
  });

  it('leave out the time after an end, and put late turns on their side of it', () => {
    const talked = [
      started('session-1', live(0)),
      turnRecorded({}, live(10)),
      ended('session-1', live(15)),
      started('session-1', live(20)),
      turnRecorded({}, live(32)),
    ];
    expect(activeMinutes(talked)).toBe(10 + 12);
    expect(sittingsOf(talked)).toBe(2);
    expect(activeMinutes([...talked, late(5)])).toBe(10 + 12);
    expect(activeMinutes([...talked, late(14)])).toBe(14 + 12);
    expect(activeMinutes([...talked, late(16)])).toBe(10 + 16);
    expect(activeMinutes([...talked, late(16), late(14), late(12)])).toBe(14 + 16);
    expect(activeMinutes([...talked, late(-40), late(-20)])).toBe(20 + 20 + 10 + 12);
  });

  it('are those of a computation over all turns and ends, when turns arrive late', () => {
    const turns = fc.array(fc.integer({ min: 0, max: 240 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(turns, turns, turns, (first, second, others) => {
        // The second part begins after the end of the first one.
        const [lastOfFirst, endMinute] = [Math.max(...first), Math.max(...first) + 3];
        const recordedAt = MIDNIGHT + lastOfFirst * MINUTE_MS;
        const resumed = second.map((minutes) => endMinute + minutes);
        const happened = [
          ...first.map((minutes) => turnRecorded({}, at(minutes, recordedAt))),
          ended('session-1', at(endMinute, recordedAt + 3 * MINUTE_MS)),
          ...[...resumed, ...others].map(turnAt),
        ];
        expect([activeMinutes(happened), sittingsOf(happened)]).toEqual(
          expected([...first, ...resumed, ...others], [endMinute]),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('are kept in rows that do not grow with the number of turns or of ends', () => {
    const often = Array.from({ length: 1_000 }, (_, i) => [
      started('session-1', at(i, MIDNIGHT + i * MINUTE_MS)),
      ended('session-1', at(i, MIDNIGHT + i * MINUTE_MS)),
    ]).flat();
    const rows = rowsOf([...often, ...Array.from({ length: 500 }, (_, i) => turnAt(-1_000 + i))]);
    for (const { sittings } of rows.all(sittingsTable)) expect(sittings.length).toBeLessThanOrEqual(100);
  });
});
