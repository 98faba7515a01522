import * as fc from 'fast-check';
import { Refused } from '../../src/errors.js';
import type { EventLog, LogTransaction } from '../../src/events/log/event-log.js';
import { inBatch } from '../../src/events/log/in-batch.js';
import { receiptsTable, type ReceiptRow } from '../../src/events/log/log-tables.js';
import type { EventWriter } from '../../src/writer/event-writer.js';
import type { WriteCommand, Written } from '../../src/writer/write-command.js';
import {
  allEvents,
  append,
  joy,
  malformed,
  numbers,
  positionsOf,
  refusal,
  STREAM,
  writeTogether,
} from '../support/appends.js';
import { DATABASES } from '../support/databases.js';
import { DelegatingLog } from '../support/delegating-log.js';
import { FOLDS } from '../support/folds.js';
import { propertyRuns } from '../support/property-runs.js';
import type { TestDatabase } from '../support/test-database.js';

/** The third command of a batch under the key k, with the receipt that an older release would have stored. */
const retryOfBatch = (formerBody: string): WriteCommand =>
  append([joy()], { key: 'k', batchIndex: 3, body: 'new hash', former: { key: 'k#3', body: formerBody } });

function refusing(): never {
  throw Refused.memoryExists('m');
}

function replayOf({ status, body }: Written): Written {
  return { status, body, replayed: true };
}

/** Commits but never returns, like a process that dies right after the commit. */
class DyingLog extends DelegatingLog {
  readonly committed: Promise<void>;
  private die!: () => void;

  constructor(log: EventLog) {
    super(log);
    this.committed = new Promise((resolve) => {
      this.die = resolve;
    });
  }

  override async transaction<T>(work: (transaction: LogTransaction) => T | Promise<T>): Promise<T> {
    await this.log.transaction(work);
    this.die();
    return new Promise(() => undefined);
  }
}

/** The keys of the random sequences below, with the streams that each appends to; they share streams. */
const SEQUENCED = {
  one: ['a'],
  two: ['a', 'b'],
  three: ['b', 'b', 'c'],
} as const;

for (const database of DATABASES) {
  for (const { name, folds } of FOLDS) {
    describe(`${database.name}: a retry with an idempotency key, on a log ${name},`, () => {
      let db: TestDatabase;
      let writer: EventWriter;

      beforeEach(async () => {
        db = await database.open();
        writer = db.writer(folds());
      });

      afterEach(() => db.close());

      async function receiptsAfter(written: Promise<Written>): Promise<[ReceiptRow, ...ReceiptRow[]]> {
        await written;
        return (await db.rows(receiptsTable)) as [ReceiptRow, ...ReceiptRow[]];
      }

      it('returns the first answer, byte for byte and with its status, and appends nothing', async () => {
        const answer = { text: 'Grüße, 東京 🗼, \u2028', number: 0.1 + 0.2, none: null };
        const decide = () => ({ status: 202, events: [joy()], answer: () => answer });
        const first = await writer.write(append([], { key: 'k', decide }));

        const again = await writer.write(append([joy(), joy()], { key: 'k', status: 500 }));

        expect(first).toEqual({ status: 202, body: JSON.stringify(answer), replayed: false });
        expect(again).toEqual(replayOf(first));
        expect(await allEvents(db.log)).toHaveLength(1);
      });

      it('is replayed before expected versions are checked, which the first attempt has made stale', async () => {
        const command = append([joy()], { key: 'k', expected: { [STREAM]: 'none' } });
        const first = await writer.write(command);
        await writer.write(append([joy()]));

        expect(await writer.write(command)).toEqual(replayOf(first));
      });

      it('returns the first decision, whatever would be decided now', async () => {
        let decided = 0;
        const decide = () => ({ status: 200, events: [], answer: () => ({ decided: (decided += 1) }) });

        const first = await writer.write(append([], { key: 'k', decide }));

        expect(await writer.write(append([], { key: 'k', decide }))).toEqual(replayOf(first));
      });

      it('returns the first answer of a command that appended nothing', async () => {
        const first = await writer.write(append([], { key: 'k', status: 200 }));

        expect(await writer.write(append([joy()], { key: 'k' }))).toEqual(replayOf(first));
        expect(await allEvents(db.log)).toHaveLength(0);
      });

      it('is decided again if the command was refused before', async () => {
        const stale = append([joy()], { key: 'k', expected: { [STREAM]: 1 } });
        expect(await refusal(writer.write(stale))).toMatchObject({ code: 'stream.version-conflict' });
        await writer.write(append([joy()]));

        const second = await writer.write(stale);

        expect(second).toMatchObject({ status: 201, replayed: false });
        expect(await writer.write(stale)).toEqual(replayOf(second));
      });

      it('may have a corrected body if the command was refused before', async () => {
        const first = writer.write(append([malformed()], { key: 'k', body: 'wrong' }));
        expect(await refusal(first)).toMatchObject({ code: 'request.invalid' });

        expect(await writer.write(append([joy()], { key: 'k', body: 'right' }))).toMatchObject({
          replayed: false,
        });
      });

      it('is refused with another body, and the first body is still replayed', async () => {
        const first = await writer.write(append([joy()], { key: 'k', body: 'this' }));

        const reused = await refusal(writer.write(append([joy()], { key: 'k', body: 'that' })));

        expect(reused).toMatchObject({ code: 'command.key-reused', status: 422 });
        expect(reused.message).toContain('"k"');
        expect(await writer.write(append([joy()], { key: 'k', body: 'this' }))).toEqual(replayOf(first));
        expect(await allEvents(db.log)).toHaveLength(1);
      });

      it('is recognized by every character of its key', async () => {
        const keys = [
          'k',
          'K',
          'k ',
          ' k',
          'k\u0301',
          'ķ',
          'k🙂',
          "k'; drop table receipts; --",
          'x'.repeat(255),
        ];

        for (const key of keys) await writer.write(append([joy()], { key, body: key }));

        expect(await allEvents(db.log)).toHaveLength(keys.length);
        expect((await db.rows(receiptsTable)).map(({ idempotencyKey }) => idempotencyKey).toSorted()).toEqual(
          keys.toSorted(),
        );
      });

      it('belongs to the user: the same key of another user is another command', async () => {
        const [ada, bob] = (await writeTogether(writer, [
          append([joy()], { key: 'k', body: 'this' }),
          append([joy()], { key: 'k', body: 'that', userId: 'bob' }),
        ])) as [Written, Written];

        expect([ada.replayed, bob.replayed]).toEqual([false, false]);
        const again = await writer.write(append([], { key: 'k', body: 'that', userId: 'bob' }));
        expect(again).toEqual(replayOf(bob));
        expect(await writer.write(append([], { key: 'k', body: 'this' }))).toEqual(replayOf(ada));
        expect(await allEvents(db.log)).toHaveLength(2);
      });

      it('with the key of a batch finds each of its commands, and never the key of a single command', async () => {
        const key = 'k'.repeat(255);
        const of = (batchIndex: number) => append([joy()], { key, batchIndex, body: `${batchIndex}` });
        const first = (await writeTogether(writer, numbers(100).map(of))) as Written[];
        const own = await writer.write(append([joy()], { key: `${key}#1` }));
        const single = await writer.write(append([joy()], { key, body: 'single' }));

        expect([own.replayed, single.replayed]).toEqual([false, false]);
        await db.reopen();
        const again = await writeTogether(db.writer(folds()), numbers(100).map(of));
        expect(again).toEqual(first.map(replayOf));
        expect(await allEvents(db.log)).toHaveLength(102);
      });

      it('finds the receipt that an older release stored for a command of a batch, if it is the same batch', async () => {
        const former = await writer.write(append([joy()], { key: 'k#3', body: 'old batch' }));

        expect(await writer.write(retryOfBatch('old batch'))).toEqual(replayOf(former));
        // A client may have used the key itself, so another hash proves nothing.
        expect(await writer.write(retryOfBatch('another batch'))).toMatchObject({ replayed: false });
        expect(await allEvents(db.log)).toHaveLength(2);
      });

      it('is compared in full when another key has the same hash', async () => {
        const [receipt] = await receiptsAfter(writer.write(append([joy()], { key: 'k' })));
        await db.insertRow(receiptsTable, { ...receipt, idempotencyKey: 'other', body: 'wrong' });
        await db.insertRow(receiptsTable, { ...receipt, userId: 'bob', body: 'wrong' });

        const again = await writer.write(append([], { key: 'k' }));

        expect(again).toMatchObject({ replayed: true, body: receipt.body });
      });

      it('is stored once, even if it is saved again', async () => {
        const [receipt] = await receiptsAfter(writer.write(append([joy()], { key: 'k' })));
        await db.log.transaction((transaction) =>
          inBatch(transaction, (rows) => rows.put(receiptsTable, receipt)),
        );

        expect(await db.rows(receiptsTable)).toHaveLength(1);
      });

      it('is replayed in the same commit: a command sent five times is written once', async () => {
        const [first, ...others] = await writeTogether(
          writer,
          numbers(5).map(() => append([joy()], { key: 'k' })),
        );

        expect(first).toMatchObject({ replayed: false });
        expect(others).toEqual(numbers(4).map(() => replayOf(first as Written)));
        expect(await allEvents(db.log)).toHaveLength(1);
      });

      it('is refused with another body in the same commit, and the other commands are written', async () => {
        const outcomes = await writeTogether(writer, [
          append([joy()], { key: 'k', body: 'this' }),
          append([joy()], { key: 'k', body: 'that' }),
          append([joy()], { key: 'l', body: 'that' }),
        ]);

        expect(outcomes).toEqual([
          expect.objectContaining({ replayed: false }),
          'command.key-reused',
          expect.objectContaining({ replayed: false }),
        ]);
        expect((await allEvents(db.log)).map(({ position }) => position)).toEqual([1, 2]);
      });

      it('succeeds in the same commit in which the command was refused at first', async () => {
        const stale = append([joy()], { key: 'k', expected: { [STREAM]: 1 } });

        const outcomes = await writeTogether(writer, [stale, append([joy()]), stale, stale]);

        expect(outcomes).toEqual([
          'stream.version-conflict',
          expect.objectContaining({ replayed: false }),
          expect.objectContaining({ replayed: false }),
          expect.objectContaining({ replayed: true }),
        ]);
      });

      it('returns the first answer after a restart', async () => {
        const sent = numbers(5).map((n) => append([joy(), joy(`own:${n}`)], { key: `key-${n}` }));
        const first = await writeTogether(writer, sent);
        await db.reopen();

        const again = await writeTogether(db.writer(folds()), sent.toReversed());

        expect(again).toEqual(first.toReversed().map((written) => replayOf(written as Written)));
        expect(await allEvents(db.log)).toHaveLength(10);
      });

      it('returns the answer that was lost when the service died after the commit', async () => {
        const command = append([joy('a'), joy('b')], { key: 'k' });
        const dying = new DyingLog(db.log);
        void db.writer(folds(), { log: dying }).write(command);
        await dying.committed;
        await db.reopen();

        const again = await db.writer(folds()).write(command);

        expect(again.replayed).toBe(true);
        expect(positionsOf(again)).toEqual([1, 2]);
        const events = await allEvents(db.log);
        expect(events.map(({ streamId, version }) => [streamId, version])).toEqual([
          ['a', 1],
          ['b', 1],
        ]);
      });

      it('finds a receipt with the answer, its status, the user, the last position and the time', async () => {
        const at = Date.parse('2025-03-03T08:00:00Z');
        const { body } = await db
          .writer(folds(), { clock: () => at })
          .write(append([joy(), joy()], { key: 'k', body: 'b', userId: 'bob' }));

        expect(await db.rows(receiptsTable)).toMatchObject([
          { idempotencyKey: 'k', userId: 'bob', status: 201, body, position: 2, recordedAt: at },
        ]);
      });

      it('is impossible without a key: no receipt is stored', async () => {
        await writeTogether(writer, [append([joy()]), append([joy()])]);

        expect(await allEvents(db.log)).toHaveLength(2);
        expect(await db.rows(receiptsTable)).toEqual([]);
      });

      it('finds no receipt of a command that its decider refused', async () => {
        expect(await refusal(writer.write(append([], { key: 'k', decide: refusing })))).toMatchObject({
          status: 409,
        });
        expect(await db.rows(receiptsTable)).toEqual([]);
      });

      it('has the same effect as sending each command once, whatever the order, commits and restarts', async () => {
        const keys = fc.constantFrom(...(Object.keys(SEQUENCED) as (keyof typeof SEQUENCED)[]));
        const steps = fc.array(fc.array(keys, { minLength: 1, maxLength: 6 }), {
          minLength: 1,
          maxLength: 6,
        });
        await fc.assert(
          fc.asyncProperty(steps, fc.array(fc.boolean()), async (bursts, restarts) => {
            const run = await database.open();
            const answers = new Map<string, Set<string>>();
            for (const [i, burst] of bursts.entries()) {
              const sent = burst.map((key) =>
                append(
                  SEQUENCED[key].map((id) => joy(id)),
                  { key },
                ),
              );
              const outcomes = await writeTogether(run.writer(folds()), sent);
              for (const [j, outcome] of outcomes.entries()) {
                const key = burst[j] as string;
                answers.set(key, (answers.get(key) ?? new Set()).add((outcome as Written).body));
              }
              if (restarts[i]) await run.reopen();
            }

            const events = await allEvents(run.log);
            await run.close();
            const sentKeys = [...answers.keys()] as (keyof typeof SEQUENCED)[];
            expect([...answers.values()].map((bodies) => bodies.size)).toEqual(sentKeys.map(() => 1));
            expect(events.map(({ streamId }) => streamId)).toEqual(sentKeys.flatMap((key) => SEQUENCED[key]));
          }),
          propertyRuns(4),
        );
      });
    });
  }
}
