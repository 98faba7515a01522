import { Refused } from '../../src/errors.js';
import { checkpointsTable, receiptsTable, streamsTable } from '../../src/events/log/log-tables.js';
import { emotionPatternsTable } from '../../src/projections/emotion-trend.projection.js';
import type { Decision, WriteCommand, Written } from '../../src/writer/write-command.js';
import {
  allEvents,
  append,
  feeling,
  joy,
  malformed,
  numbers,
  positionsOf,
  refusal,
  STREAM,
  writeTogether,
} from '../support/appends.js';
import { DATABASES } from '../support/databases.js';
import { brittleFolds, FOLDS, UNFOLDABLE, UNSTORABLE } from '../support/folds.js';
import type { TestDatabase } from '../support/test-database.js';

const WRITTEN = expect.objectContaining({ status: 201, replayed: false });

function refusing(): never {
  throw Refused.memoryExists('m');
}

function defective(): never {
  throw new TypeError('undefined is not a function');
}

/** Decides an answer that cannot be written as JSON. */
function unwritable(): Decision {
  return { status: 200, events: [joy('lost')], answer: () => ({ big: 1n }) };
}

/** A clock that shows a new time for every commit: events with the same time shared a commit. */
function countingClock(): () => number {
  let now = 0;
  return () => (now += 1);
}

/** Everything that a refused command could leave behind. */
async function traces(db: TestDatabase): Promise<unknown> {
  return {
    events: await allEvents(db.log),
    streams: await db.rows(streamsTable),
    receipts: await db.rows(receiptsTable),
    checkpoints: await db.rows(checkpointsTable),
    patterns: await db.rows(emotionPatternsTable),
  };
}

for (const database of DATABASES) {
  describe(`${database.name}: commands that share a commit`, () => {
    let db: TestDatabase;

    beforeEach(async () => {
      db = await database.open();
    });

    afterEach(() => db.close());

    for (const { name, folds } of FOLDS) {
      it(`are written in the order of arrival, each with its own command id, to a log ${name}`, async () => {
        const writer = db.writer(folds(), { clock: countingClock() });

        const answers = (await writeTogether(
          writer,
          numbers(20).map(() => append([joy(), joy('b')])),
        )) as Written[];

        const events = await allEvents(db.log);
        expect(answers.flatMap(positionsOf)).toEqual(numbers(40));
        expect(new Set(events.map(({ recordedAt }) => recordedAt)).size).toBe(1);
        expect(new Set(events.map(({ commandId }) => commandId)).size).toBe(20);
        expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(40);
      });

      it(`leave no trace of the refused ones among them in a log ${name}`, async () => {
        const writer = db.writer(folds(), { clock: countingClock() });

        const outcomes = await writeTogether(writer, [
          append([joy('a')], { key: 'first' }),
          append([joy('a'), joy('b'), feeling('shame', 'c'), malformed('d')], { key: 'refused' }),
          append([joy('a')], { key: 'stale', expected: { a: 7 } }),
          append([], { key: 'decided', decide: refusing }),
          append([joy('a'), joy('b')], { key: 'last', expected: { a: 1, b: 'none' } }),
        ]);

        expect(outcomes).toEqual([
          WRITTEN,
          'request.invalid',
          'stream.version-conflict',
          'memory.already-exists',
          WRITTEN,
        ]);
        const events = await allEvents(db.log);
        expect(events.map(({ position, streamId, version }) => [position, streamId, version])).toEqual([
          [1, 'a', 1],
          [2, 'a', 2],
          [3, 'b', 1],
        ]);
        expect(new Set(events.map(({ recordedAt }) => recordedAt)).size).toBe(1);
        expect((await db.rows(streamsTable)).map(({ streamId }) => streamId)).toEqual(['a', 'b']);
        expect((await db.rows(receiptsTable)).map(({ idempotencyKey }) => idempotencyKey).toSorted()).toEqual(
          ['first', 'last'],
        );
      });
    }

    it('leave no row of a refused one, and no count of it in the rows of the others', async () => {
      const writer = db.writer(brittleFolds());

      await writeTogether(writer, [
        append([feeling('fear')]),
        append([feeling('fear'), feeling('shame'), malformed()]),
        append([feeling('fear')]),
      ]);

      const patterns = await db.rows(emotionPatternsTable);
      expect(patterns.map(({ emotion, frequency }) => [emotion, frequency])).toEqual([['fear', 2]]);
      expect(new Set((await db.rows(checkpointsTable)).map(({ position }) => position))).toEqual(
        new Set([2]),
      );
    });

    it('leave the database unchanged when all of them are refused', async () => {
      const writer = db.writer(brittleFolds());
      await writer.write(append([joy()], { key: 'before' }));
      const before = await traces(db);

      const outcomes = await writeTogether(writer, [
        append([joy('b'), malformed()], { key: 'a' }),
        append([joy(), feeling(UNFOLDABLE)], { key: 'b' }),
        append([joy(), feeling(UNSTORABLE)], { key: 'c' }),
      ]);

      expect(outcomes).toEqual(['request.invalid', 'projection.failed', 'internal.error']);
      expect(await traces(db)).toEqual(before);
    });

    it('see the effects of earlier ones, but not of refused ones', async () => {
      const seen: (number | undefined)[] = [];
      const recordingState = (events: WriteCommand): WriteCommand => ({
        ...events,
        decide: (state) => {
          seen.push(state.version(STREAM), state.rows.get(emotionPatternsTable, 'ada', 'joy')?.frequency);
          return events.decide(state);
        },
      });

      await writeTogether(db.writer(brittleFolds()), [
        recordingState(append([joy()])),
        recordingState(append([joy(), malformed()])),
        recordingState(append([joy()])),
        recordingState(append([joy(), feeling(UNFOLDABLE)])),
        recordingState(append([])),
      ]);

      expect(seen).toEqual([0, undefined, 1, 1, 1, 1, 2, 2, 2, 2]);
    });

    it('are written though the fold of one throws: only that one fails, and names the projection', async () => {
      const writer = db.writer(brittleFolds(), { clock: countingClock() });
      const failing = writer.write(append([joy('b'), feeling(UNFOLDABLE)], { key: 'poison' }));
      const neighbours = writeTogether(writer, [
        append([joy()]),
        append([joy('b')], { expected: { b: 'none' } }),
      ]);

      expect(await refusal(failing)).toMatchObject({
        code: 'projection.failed',
        status: 500,
        message: expect.stringContaining('brittle'),
        cause: new RangeError('no fold for this'),
      });
      expect(await neighbours).toEqual([WRITTEN, WRITTEN]);
      const events = await allEvents(db.log);
      expect(events.map(({ position, recordedAt }) => [position, recordedAt])).toEqual([
        [1, 1],
        [2, 1],
      ]);
      expect(await db.rows(receiptsTable)).toEqual([]);
    });

    it('are written though the decider of one throws: only that one fails, with the error as its cause', async () => {
      const writer = db.writer(brittleFolds(), { clock: countingClock() });
      const failing = writer.write(append([], { key: 'defect', decide: defective }));
      const neighbours = writeTogether(writer, [append([joy()]), append([joy()])]);

      const refused = await refusal(failing);
      expect(refused).toMatchObject({ code: 'internal.error', status: 500, cause: expect.any(TypeError) });
      expect(refused.message).not.toContain('undefined is not a function');
      expect(await neighbours).toEqual([WRITTEN, WRITTEN]);
      expect(new Set((await allEvents(db.log)).map(({ recordedAt }) => recordedAt)).size).toBe(1);
    });

    it('are written though the answer of one cannot be serialized: only that one fails', async () => {
      const outcomes = await writeTogether(db.writer(brittleFolds()), [
        append([joy()]),
        append([], { decide: unwritable }),
        append([joy()]),
      ]);

      expect(outcomes).toEqual([WRITTEN, 'internal.error', WRITTEN]);
      expect((await allEvents(db.log)).map(({ streamId }) => streamId)).toEqual([STREAM, STREAM]);
    });

    it('are written one by one after the database refuses the batch, so that only the bad ones fail', async () => {
      const writer = db.writer(brittleFolds());

      const outcomes = await writeTogether(writer, [
        append([joy()], { key: 'a' }),
        append([joy('b'), feeling(UNSTORABLE)], { key: 'row' }),
        append([joy()], { key: 'b', expected: { [STREAM]: 1 } }),
        append([joy('c')], { key: 'event', actor: null as never }),
        append([joy('b')], { key: 'c', expected: { b: 'none' } }),
        append([joy()], { key: 'a' }),
      ]);

      expect(outcomes).toEqual([
        WRITTEN,
        'internal.error',
        WRITTEN,
        'internal.error',
        WRITTEN,
        { ...(outcomes[0] as Written), replayed: true },
      ]);
      const events = await allEvents(db.log);
      expect(events.map(({ position, streamId, version }) => [position, streamId, version])).toEqual([
        [1, STREAM, 1],
        [2, STREAM, 2],
        [3, 'b', 1],
      ]);
      const patterns = await db.rows(emotionPatternsTable);
      expect(patterns.map(({ emotion, frequency }) => [emotion, frequency])).toEqual([['joy', 3]]);
      expect((await db.rows(receiptsTable)).map(({ idempotencyKey }) => idempotencyKey).toSorted()).toEqual([
        'a',
        'b',
        'c',
      ]);
    });

    it('share commits again after such a failure', async () => {
      const writer = db.writer(brittleFolds(), { clock: countingClock() });
      await writeTogether(writer, [append([feeling(UNSTORABLE)]), append([joy()])]);

      const outcomes = await writeTogether(writer, [
        append([joy()]),
        append([joy()], { expected: { [STREAM]: 2 } }),
      ]);

      expect(outcomes).toEqual([WRITTEN, WRITTEN]);
      const [, second, third] = await allEvents(db.log);
      expect(third?.recordedAt).toBe(second?.recordedAt);
    });

    it('are at most as many as the batch limit, and the rest wait for the next commit', async () => {
      const writer = db.writer(brittleFolds(), {
        clock: countingClock(),
        limits: { batch: 3 },
      });

      await writeTogether(
        writer,
        numbers(8).map(() => append([joy()])),
      );

      const events = await allEvents(db.log);
      expect(events.map(({ recordedAt }) => recordedAt)).toEqual([1, 1, 1, 2, 2, 2, 3, 3]);
    });

    it('are committed one by one when batchMs leaves no time for a batch, and all are answered', async () => {
      const writer = db.writer(brittleFolds(), { clock: countingClock(), limits: { batchMs: -1 } });

      const outcomes = await writeTogether(writer, [
        append([joy()]),
        append([malformed()]),
        append([joy()]),
        append([joy()], { expected: { [STREAM]: 2 } }),
      ]);

      expect(outcomes).toEqual([WRITTEN, 'request.invalid', WRITTEN, WRITTEN]);
      expect((await allEvents(db.log)).map(({ recordedAt }) => recordedAt)).toEqual([1, 3, 4]);
    });
  });

  describe(`${database.name}: the queue of a writer`, () => {
    let db: TestDatabase;

    beforeEach(async () => {
      db = await database.open();
    });

    afterEach(() => db.close());

    it('refuses a command when it is full, and all queued commands are answered', async () => {
      const writer = db.writer(brittleFolds(), { limits: { queue: 3 } });
      const waiting = writeTogether(
        writer,
        numbers(3).map(() => append([joy()])),
      );

      expect(writer.queued).toBe(3);
      expect(await refusal(writer.write(append([joy()])))).toMatchObject({
        code: 'service.busy',
        status: 503,
      });
      expect(await waiting).toEqual([WRITTEN, WRITTEN, WRITTEN]);
      expect(writer.queued).toBe(0);
      expect(await writer.write(append([joy()]))).toEqual(WRITTEN);
      expect(await allEvents(db.log)).toHaveLength(4);
    });

    it('is drained before the writer closes, and takes no command after that', async () => {
      const writer = db.writer(brittleFolds(), { limits: { batch: 4 } });
      const answered: string[] = [];
      const waiting = numbers(10).map(async () => {
        await writer.write(append([joy()]));
        answered.push('written');
      });

      const closed = writer.close().then(() => answered.push('closed'));

      expect(await refusal(writer.write(append([joy()])))).toMatchObject({
        code: 'service.stopping',
        status: 503,
      });
      await closed;
      expect(answered).toEqual([...numbers(10).map(() => 'written'), 'closed']);
      await Promise.all(waiting);
      expect(await allEvents(db.log)).toHaveLength(10);
    });

    it('lets the writer close at once when it is empty', async () => {
      const writer = db.writer(brittleFolds());
      await writer.write(append([joy()]));

      await writer.close();

      expect(await refusal(writer.write(append([joy()])))).toMatchObject({ code: 'service.stopping' });
    });
  });
}
