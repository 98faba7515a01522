import { streamsTable } from '../../src/events/log/log-tables.js';
import type { Commit, EventWriter } from '../../src/writer/event-writer.js';
import type { ExpectedVersion } from '../../src/writer/write-command.js';
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
import { FOLDS } from '../support/folds.js';
import type { TestDatabase } from '../support/test-database.js';

const APPENDERS = 50;

/** Appends at exactly the current version, retrying when another appender wins; returns the new version. */
async function appendNext(writer: EventWriter, attempts: number[]): Promise<number> {
  let version = 0;
  while (version < APPENDERS) {
    attempts.push(version);
    const written = writer.write(append([joy()], { expected: { [STREAM]: version } }));
    const [outcome] = await Promise.allSettled([written]);
    if (outcome.status === 'fulfilled') return version + 1;
    const { code, extra } = await refusal(written);
    expect(code).toBe('stream.version-conflict');
    version = extra?.currentVersion as number;
  }
  throw new Error(`There are more versions than appenders: ${version}.`);
}

for (const database of DATABASES) {
  for (const { name, folds } of FOLDS) {
    describe(`${database.name}: an append to a log ${name}`, () => {
      let db: TestDatabase;
      let writer: EventWriter;

      beforeEach(async () => {
        db = await database.open();
        writer = db.writer(folds());
      });

      afterEach(() => db.close());

      describe('the expected version of a stream', () => {
        const met: [ExpectedVersion, number][] = [
          ['any', 0],
          ['any', 2],
          ['none', 0],
          ['exists', 2],
          [0, 0],
          [2, 2],
        ];
        const unmet: [ExpectedVersion, number][] = [
          ['none', 2],
          ['exists', 0],
          [0, 2],
          [1, 0],
          [1, 2],
          [3, 2],
        ];

        it.each(met)('is met by expecting "%s" at version %i', async (expected, current) => {
          await writer.write(append(numbers(current).map(() => joy())));

          const written = await writer.write(append([joy()], { expected: { [STREAM]: expected } }));

          expect(JSON.parse(written.body)).toEqual({
            events: [{ position: current + 1, version: current + 1 }],
          });
        });

        it.each(unmet)(
          'is not met by expecting "%s" at version %i, and the refusal reports that version',
          async (expected, current) => {
            await writer.write(append(numbers(current).map(() => joy())));

            const refused = await refusal(
              writer.write(append([joy()], { expected: { [STREAM]: expected } })),
            );

            expect(refused).toMatchObject({
              code: 'stream.version-conflict',
              status: 412,
              extra: { currentVersion: current },
            });
            expect(await db.log.head()).toMatchObject({ position: current });
          },
        );

        it('counts only the events of the same user, even if another has a stream of the same name', async () => {
          await writer.write(append([joy(), joy()], { userId: 'ada' }));

          await writer.write(append([joy()], { userId: 'bob', expected: { [STREAM]: 'none' } }));

          const events = await allEvents(db.log);
          expect(events.map(({ userId, version }) => [userId, version])).toEqual([
            ['ada', 1],
            ['ada', 2],
            ['bob', 1],
          ]);
        });

        it('includes the events of earlier commands in the same commit', async () => {
          const outcomes = await writeTogether(writer, [
            append([joy()], { expected: { [STREAM]: 'none' } }),
            append([joy()], { expected: { [STREAM]: 'none' } }),
            append([joy()], { expected: { [STREAM]: 1 } }),
          ]);

          expect(outcomes).toEqual([
            expect.objectContaining({ status: 201 }),
            'stream.version-conflict',
            expect.objectContaining({ status: 201 }),
          ]);
        });

        it('is checked for every stream that the command names', async () => {
          await writer.write(append([joy('a'), joy('b')]));

          const refused = await refusal(
            writer.write(append([joy('a'), joy('b')], { expected: { a: 1, b: 2 } })),
          );

          expect(refused).toMatchObject({ message: expect.stringContaining('Stream b is at version 1') });
          expect(await allEvents(db.log)).toHaveLength(2);
        });
      });

      describe('one command', () => {
        it('appends to several streams in the order of its decision', async () => {
          await writer.write(append([feeling('fear', 'a'), feeling('joy', 'b'), feeling('pride', 'a')]));

          const events = await allEvents(db.log);
          expect(events.map(({ streamId, version, position }) => [streamId, version, position])).toEqual([
            ['a', 1, 1],
            ['b', 1, 2],
            ['a', 2, 3],
          ]);
          expect(
            events.map(({ data }) => (JSON.parse(data as string) as { emotion: string }).emotion),
          ).toEqual(['fear', 'joy', 'pride']);
          expect(new Set(events.map(({ commandId }) => commandId)).size).toBe(1);
        });

        it('appends nothing to any stream when one of its events is refused', async () => {
          await writer.write(append([joy('a')]));

          const refused = await refusal(writer.write(append([joy('a'), joy('b'), malformed('c')])));

          expect(refused.code).toBe('request.invalid');
          expect(await allEvents(db.log)).toHaveLength(1);
          expect(await db.rows(streamsTable)).toMatchObject([{ streamId: 'a' }]);
        });

        it('records which of its events caused another, and its correlation id', async () => {
          await writer.write(
            append([joy(), { ...joy(), causedBy: 0 }], { correlationId: 'chat turn 7', actor: 'tester' }),
          );

          const [cause, effect] = await allEvents(db.log);
          expect(cause).toMatchObject({ causationId: null, correlationId: 'chat turn 7', actor: 'tester' });
          expect(effect).toMatchObject({ causationId: cause?.eventId, correlationId: 'chat turn 7' });
        });

        it('may append nothing and is still answered', async () => {
          const written = await writer.write(append([], { status: 200 }));

          expect(written).toEqual({ status: 200, body: '{"events":[]}', replayed: false });
          expect(await db.log.head()).toMatchObject({ position: 0, recordedAt: 0 });
        });
      });

      describe('many commands at once', () => {
        it('have one winner for each version when 50 append to one stream at exact versions', async () => {
          const attempts: number[] = [];

          const wonVersions = await Promise.all(numbers(APPENDERS).map(() => appendNext(writer, attempts)));

          expect(wonVersions.toSorted((a, b) => a - b)).toEqual(numbers(APPENDERS));
          expect(attempts.filter((version) => version === 0)).toHaveLength(APPENDERS);
          expect((await allEvents(db.log)).map(({ version }) => version)).toEqual(numbers(APPENDERS));
        });

        it('get positions without a gap, in the order of their answers, on different streams', async () => {
          const answered: number[] = [];
          const appender = async (user: number) => {
            for (const turn of numbers(6)) {
              const events = [joy('shared'), joy(`own:${turn}`)].slice(0, 1 + (turn % 2));
              answered.push(...positionsOf(await writer.write(append(events, { userId: `user-${user}` }))));
            }
          };

          await Promise.all(numbers(50).map(appender));

          const events = await allEvents(db.log);
          expect(answered).toEqual(numbers(450));
          expect(events.map(({ position }) => position)).toEqual(numbers(450));
          const shared = Map.groupBy(
            events.filter(({ streamId }) => streamId === 'shared'),
            ({ userId }) => userId,
          );
          expect([...shared.values()].map((own) => own.map(({ version }) => version))).toEqual(
            numbers(50).map(() => numbers(6)),
          );
        });
      });

      describe('a restart', () => {
        it('continues with the next position, version and stream key', async () => {
          await writer.write(append([joy('a'), joy('b')]));
          await db.reopen();

          await db.writer(folds()).write(append([joy('a'), joy('c')], { expected: { a: 1, c: 'none' } }));

          const events = await allEvents(db.log);
          expect(events.map(({ position, streamId, version }) => [position, streamId, version])).toEqual([
            [1, 'a', 1],
            [2, 'b', 1],
            [3, 'a', 2],
            [4, 'c', 1],
          ]);
          expect(events.map(({ streamKey }) => streamKey)).toEqual([1, 2, 1, 4]);
        });
      });

      describe('the time of recording', () => {
        it('never moves back, even when the clock does', async () => {
          const times = [5_000, 4_000, 1_000, 7_000];
          const clock = () => times.shift() ?? 0;
          const first = db.writer(folds(), { clock });
          await first.write(append([joy()]));
          await first.write(append([joy()]));
          await db.reopen();
          const second = db.writer(folds(), { clock });
          await second.write(append([joy()]));
          await second.write(append([joy()]));

          const events = await allEvents(db.log);
          expect(events.map(({ recordedAt }) => recordedAt)).toEqual([5_000, 5_000, 5_000, 7_000]);
          expect(await db.log.head()).toMatchObject({ position: 4, recordedAt: 7_000 });
        });

        it('waits for a clock that was set back, while what happens is dated by the clock', async () => {
          const times = [5_000_000, 3_000_000, 4_999_500, 6_000_000];
          const moved = db.writer(folds(), { clock: () => times.shift() ?? 0 });
          const commits: Commit[] = [];
          moved.onCommit((commit) => commits.push(commit));
          for (let i = 0; i < 4; i += 1) await moved.write(append([joy()]));

          const events = await allEvents(db.log);
          expect(events.map(({ recordedAt }) => recordedAt)).toEqual([
            5_000_000, 5_000_000, 5_000_000, 6_000_000,
          ]);
          // A clock that is behind by less than a second is only being adjusted.
          expect(events.map(({ occurredAt }) => occurredAt)).toEqual([
            5_000_000, 3_000_000, 5_000_000, 6_000_000,
          ]);
          expect(commits[0]?.clock).toBeUndefined();
          expect(commits[1]?.clock).toMatchObject({ behindMs: 2_000_000 });
        });

        it('is also the time of occurrence of an event that has none', async () => {
          const at = Date.parse('2025-03-03T08:00:00Z');
          await db.writer(folds(), { clock: () => at }).write(append([joy(), joy(STREAM, at - 60_000)]));

          const events = await allEvents(db.log);
          expect(events.map(({ occurredAt }) => occurredAt)).toEqual([at, at - 60_000]);
        });
      });
    });
  }
}
