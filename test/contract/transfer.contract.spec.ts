import * as fc from 'fast-check';
import {
  failuresTable,
  receiptsTable,
  skipsTable,
  type ReceiptRow,
  type SkipRow,
} from '../../src/events/log/log-tables.js';
import { emotionTrend } from '../../src/projections/emotion-trend.projection.js';
import { PROJECTIONS } from '../../src/projections/projection-catalog.js';
import type { Projection } from '../../src/projections/projection.js';
import { readStore } from '../../src/store/open-store-reader.js';
import { unfinishedIn } from '../../src/store/unfinished.js';
import { allEvents, append, joy, numbers, positionsOf, refusal } from '../support/appends.js';
import { DATABASES } from '../support/databases.js';
import { brokenAt } from '../support/event-chain.js';
import { liveFolds } from '../support/folds.js';
import { brittleFolds } from '../support/folds.js';
import { noFolds } from '../support/no-folds.js';
import { bursts, minuteClock, sendAll, sendTogether } from '../support/random-commands.js';
import { refoldedRows, storedRows } from '../support/refolded.js';
import { COMMAND_NAMES } from '../support/sent-commands.js';
import type { DatabaseUnderTest, TestDatabase } from '../support/test-database.js';
import { exportText, importText } from '../support/transfer.js';
import { verified } from '../support/verified.js';

const [SQLITE, POSTGRESQL] = DATABASES as [DatabaseUnderTest, DatabaseUnderTest];
const folds = liveFolds;

/** Everything a store contains: its log, receipts, skips and rows. */
async function contents(db: TestDatabase): Promise<object> {
  return {
    events: (await allEvents(db.log)).map((event) => ({ ...event, data: String(event.data) })),
    receipts: (await db.rows(receiptsTable)).map(withHexHash),
    skips: await db.rows(skipsTable),
    rows: await storedRows(db),
  };
}

function withHexHash(receipt: ReceiptRow): object {
  return { ...receipt, requestHash: Buffer.from(receipt.requestHash).toString('hex') };
}

/** Several bursts with commands of every kind. */
function someBursts(seed: number) {
  return fc.sample(bursts, { seed, numRuns: 12 }).flat();
}

/** The projections, one of which cannot fold bob's second event. */
const POISONED = PROJECTIONS.map((projection): Projection => {
  if (projection.name !== emotionTrend.name) return projection;
  const fold = emotionTrend.folds['emotion.observed'];
  return {
    ...emotionTrend,
    folds: {
      'emotion.observed': (event, rows) => {
        if (event.userId === 'bob' && event.version === 2) throw new RangeError('poison');
        fold?.(event, rows);
      },
    },
  };
});

const opened: TestDatabase[] = [];

async function open(database: DatabaseUnderTest): Promise<TestDatabase> {
  const db = await database.open();
  opened.push(db);
  return db;
}

afterEach(async () => {
  for (const db of opened.splice(0)) await db.close();
});

const write = (db: TestDatabase, userId: string, key: string) =>
  db
    .writer(folds(), { clock: () => (userId === 'late' ? 9_000 : 5_000) })
    .write(append([joy(`emotion:${userId}`), joy(`emotion:${userId}`)], { userId, key }));

describe.each(DATABASES)('a store on $name', (database) => {
  let source: TestDatabase;

  beforeEach(async () => {
    source = await open(database);
  });

  it('is the same, retries included, after a move to each kind of database and back', async () => {
    const outcomes = await sendAll(source.writer(brittleFolds(), { clock: minuteClock() }), someBursts(7));
    const { position } = await source.log.head();
    // The profile's folds ignore it, so that leaving it out changes no row.
    const event = (await allEvents(source.log)).find(({ type }) => type === 'turn.recorded');
    const skip: SkipRow = {
      projection: 'current-profile',
      eventId: event?.eventId as string,
      position: event?.position as number,
      cause: 'poison 東京',
      skippedAt: 5,
    };
    await source.insertRow(skipsTable, skip);
    // `erasure.contract.spec` moves stores with erased users, and `retention.contract.spec` with erased events.
    const erasing = ['EraseUser', 'ReopenUser', 'ExpireEvents'];
    const sent = [...new Set(outcomes.map(({ command }) => command.name)), ...erasing];
    expect(sent.toSorted()).toEqual(COMMAND_NAMES);
    const before = await contents(source);
    const text = await exportText(source);
    const digests = (await verified(source)).projections.map(({ digestLive }) => digestLive);

    let carried = text;
    for (const kind of [SQLITE, POSTGRESQL, SQLITE]) {
      const target = await open(kind);
      const report = await importText(target, carried);
      expect(report).toMatchObject({ events: position, moved: 0, already: 0, verified: { ok: true } });
      expect(report.verified?.projections.map(({ digestLive }) => digestLive)).toEqual(digests);
      expect(report.head).toEqual(await source.log.head());
      expect(await contents(target)).toEqual(before);
      carried = await exportText(target);
      expect(carried.split('\n').slice(1, -2)).toEqual(text.split('\n').slice(1, -2));

      await target.reopen();
      const accepted = outcomes.flatMap(({ command, answer }) =>
        typeof answer === 'string' ? [] : [{ command, answer }],
      );
      const retried = await sendTogether(
        target.writer(brittleFolds(), { clock: minuteClock() }),
        accepted.map(({ command }) => command),
      );
      expect(retried.map(({ answer }) => answer)).toEqual(
        accepted.map(({ answer }) => ({ ...answer, replayed: true })),
      );
      expect(await target.log.head()).toEqual(report.head);
    }
  });

  it('is continued by the part of a log that starts at its head', async () => {
    const writer = source.writer(folds());
    for (const key of ['a', 'b']) await writer.write(append([joy(), joy()], { key }));
    const first = await exportText(source);
    await writer.write(append([joy(), joy('emotion:other')], { key: 'c' }));
    const second = await exportText(source, { after: 4 });
    const third = await exportText(source, { after: 5 });

    const target = await open(database);
    expect((await refusal(importText(target, second))).message).toMatch(/begins after position 4/);
    await importText(target, first);
    expect((await refusal(importText(target, third))).code).toBe('import.append-only');
    expect(await importText(target, second)).toMatchObject({ events: 2, verified: { ok: true } });
    expect(await contents(target)).toEqual(await contents(source));
    expect(await importText(target, second)).toMatchObject({ events: 0, already: 2 });
  });

  it('resumes an import that was interrupted, and repeating the import changes nothing', async () => {
    const writer = source.writer(noFolds);
    for (const i of numbers(10)) {
      await writer.write(
        append(
          numbers(500).map(() => joy(`emotion:${i % 3}`)),
          { key: `k${i}` },
        ),
      );
    }
    const text = await exportText(source);
    const target = await open(database);
    const abort = new AbortController();
    const phases: string[] = [];
    const job = {
      signal: abort.signal,
      phase: (name: string) => phases.push(name),
      progress: (done: number) => {
        if (phases.at(-1) === 'write' && done >= 2_000) abort.abort();
      },
    };
    await expect(importText(target, text, { job })).rejects.toThrow(/abort/i);
    const { position } = await target.log.head();
    expect(position).toBe(2_000);
    expect(await readStore(target.address, unfinishedIn)).toMatchObject({ work: 'import' });

    expect(await importText(target, text)).toMatchObject({
      events: 3_000,
      already: 2_000,
      verified: { ok: true },
    });
    expect(await readStore(target.address, unfinishedIn)).toBeUndefined();
    const done = await contents(target);
    expect(done).toMatchObject({ receipts: (await source.rows(receiptsTable)).map(withHexHash) });
    expect(await target.log.head()).toEqual(await source.log.head());
    expect(await importText(target, text)).toMatchObject({ events: 0, already: 5_000 });
    expect(await contents(target)).toEqual(done);
  });

  it.each(['fold', 'verify'] as const)('can be interrupted while it runs the step %s', async (step) => {
    await source.writer(folds()).write(append([joy(), joy()]));
    const text = await exportText(source);
    const target = await open(database);
    const abort = new AbortController();
    const phase = (name: string) => {
      if (name === step) abort.abort();
    };
    const job = { signal: abort.signal, phase };
    await expect(importText(target, text, { job })).rejects.toThrow(/abort/i);
    expect(await importText(target, text)).toMatchObject({ already: 2, verified: { ok: true } });
  });

  it('refuses a file that does not begin with its own events, and names the difference', async () => {
    await source.writer(folds()).write(append([joy(), joy(), joy()]));
    const text = await exportText(source);
    const target = await open(database);
    await target.writer(folds()).write(append([joy(), joy()]));
    const before = await contents(target);
    const conflict = await refusal(importText(target, text));
    expect(conflict.code).toBe('import.store-not-empty');
    expect(conflict.message).toMatch(
      /has 2 events.*at position 2 the file has emotion.observed of emotion:ada/,
    );
    await target.writer(folds()).write(append([joy(), joy()]));
    expect((await refusal(importText(target, text))).message).toMatch(/the file ends at position 3/);
    expect((await allEvents(target.log)).slice(0, 2)).toHaveLength(2);
    expect(before).toMatchObject({ receipts: [] });
  });

  it('is not changed by a damaged file', async () => {
    await source.writer(folds()).write(
      append(
        numbers(30).map(() => joy()),
        { key: 'k' },
      ),
    );
    const text = await exportText(source);
    const lines = text.split('\n');
    const target = await open(database);
    const before = await contents(target);
    const damaged = {
      byte: text.replace(/(?<="position":30,.*)"intensity":0.5/, '"intensity":0.6'),
      missing: lines.toSpliced(20, 1).join('\n'),
      doubled: lines.toSpliced(20, 0, lines[20] as string).join('\n'),
      cut: text.slice(0, -50),
      foreign: '{"hello":"world"}\n',
      newer: text.replace('"format":3', '"format":7'),
    };
    for (const [what, file] of Object.entries(damaged)) {
      expect(file === text ? what : 'damaged').toBe('damaged');
      for (const how of [true, false]) {
        const { code, message } = await refusal(importText(target, file, { append: how }));
        expect(code).toMatch(/^file\./);
        expect(message).toMatch(/[Ll]ine \d+|newer|not a log/);
      }
    }
    expect(await contents(target)).toEqual(before);
  });

  it('stops a projection at an event it cannot fold, unless the file lists that event as skipped', async () => {
    for (const [key, userId] of Object.entries({ a: 'ada', b: 'bob', c: 'ada' }))
      await write(source, userId, key);
    const [, , , poison] = await allEvents(source.log);
    const eventId = poison?.eventId ?? '';
    const stopped = { projection: 'emotion-trend', position: 4, eventId };

    const target = await open(database);
    const report = await importText(target, await exportText(source), { projections: POISONED });

    expect(report.stopped).toEqual([
      { ...stopped, streamId: 'emotion:bob', cause: expect.any(String), damaged: false },
    ]);
    expect(report.verified).toMatchObject({ ok: false, poison: report.stopped });
    expect(await target.rows(failuresTable)).toEqual([expect.objectContaining(stopped)]);
    const nothing = Object.fromEntries(emotionTrend.tables.map(({ name }) => [name, []]));
    expect(await storedRows(target)).toEqual({ ...(await refoldedRows(source.log)), ...nothing });

    await source.insertRow(skipsTable, { ...stopped, cause: 'poison', skippedAt: 5 });
    const another = await open(database);
    const skipping = await importText(another, await exportText(source), { projections: POISONED });
    expect(skipping).toMatchObject({ stopped: [], verified: { ok: true, skipped: [{ eventId }] } });
    expect(await another.rows(failuresTable)).toEqual([]);
  });

  it('is not changed by events that this release cannot read', async () => {
    await source.writer(noFolds).write(append([joy()]));
    await source.tamper(`update events set type = 'dream.dreamt' where position = 1`);
    const text = await exportText(source, { after: 0, userId: 'ada' });
    const target = await open(database);
    const { code, message } = await refusal(importText(target, text, { append: true }));
    expect(code).toBe('file.undecodable');
    expect(message).toMatch(/Line 2: Event at position 1.*unknown type "dream.dreamt"/);
    expect((await target.log.head()).position).toBe(0);
  });
});

describe.each(DATABASES)('appending to a store on $name', (database) => {
  let source: TestDatabase;
  let target: TestDatabase;

  beforeEach(async () => {
    [source, target] = [await open(database), await open(database)];
    for (const [i, userId] of ['ada', 'bob', 'ada'].entries()) await write(source, userId, `s${i}`);
    await write(target, 'late', 't0');
  });

  it('adds the events after the existing ones, and retries return their new positions', async () => {
    const report = await importText(target, await exportText(source), { append: true });
    expect(report).toMatchObject({ events: 6, moved: 6, receipts: 3, verified: { ok: true } });
    const events = await allEvents(target.log);
    expect(brokenAt(events)).toBeUndefined();
    const sourceEvents = await allEvents(source.log);
    const summaryOf = ({ eventId, streamId, version, occurredAt, data }: (typeof sourceEvents)[number]) =>
      [eventId, streamId, version, occurredAt, String(data)] as const;
    expect(events.slice(2).map(summaryOf)).toEqual(sourceEvents.map(summaryOf));
    expect(events.map(({ position }) => position)).toEqual(numbers(8));
    expect(events.map(({ recordedAt }) => recordedAt)).toEqual(numbers(8).map(() => 9_000));
    expect(await storedRows(target)).toEqual(await refoldedRows(target.log));
    expect(report.caughtUp).toEqual([]);

    const receipts = await target.rows(receiptsTable);
    expect(
      Object.fromEntries(receipts.map(({ idempotencyKey, position }) => [idempotencyKey, position])),
    ).toEqual({ s0: 4, s1: 6, s2: 8, t0: 2 });
    const retried = await write(target, 'bob', 's1');
    expect(retried.replayed).toBe(true);
    expect(positionsOf(retried)).toEqual([5, 6]);
    expect((await target.log.head()).position).toBe(8);
    await write(target, 'ada', 'next');
    expect(await verified(target)).toMatchObject({ ok: true, events: 10 });
  });

  it('stops a projection that cannot fold an event, and folds the others', async () => {
    const poison = (await allEvents(source.log)).find(
      ({ userId, version }) => userId === 'bob' && version === 2,
    );
    const eventId = poison?.eventId ?? '';
    const text = await exportText(source);

    const report = await importText(target, text, { append: true, projections: POISONED });

    expect(report).toMatchObject({
      events: 6,
      stopped: [{ projection: 'emotion-trend', position: 6, eventId }],
    });
    const rows = await storedRows(target);
    const folded = await refoldedRows(target.log);
    const others = Object.keys(folded).filter(
      (table) => !emotionTrend.tables.some(({ name }) => name === table),
    );
    for (const table of others) expect(rows[table]).toEqual(folded[table]);

    await source.insertRow(skipsTable, {
      projection: 'emotion-trend',
      eventId,
      position: poison?.position ?? 0,
      cause: 'poison',
      skippedAt: 5,
    });
    const another = await open(database);
    await write(another, 'late', 't0');
    const skipping = await importText(another, await exportText(source), {
      append: true,
      projections: POISONED,
    });
    expect(skipping).toMatchObject({
      stopped: [],
      verified: { ok: true, skipped: [{ eventId, position: 6 }] },
    });
  });

  it('adds nothing the second time, and only the missing events after a partial import', async () => {
    const text = await exportText(source);
    await importText(target, await exportText(source, { after: 0, userId: 'bob' }), { append: true });
    expect(await importText(target, text, { append: true })).toMatchObject({ events: 4, already: 2 });
    const before = await contents(target);
    expect(await importText(target, text, { append: true })).toMatchObject({
      events: 0,
      already: 6,
      moved: 0,
      receipts: 0,
    });
    expect(await contents(target)).toEqual(before);
    await write(target, 'ada', 'more');
    expect(await importText(target, text, { append: true })).toMatchObject({
      events: 0,
      verified: { ok: true },
    });
  });

  it('refuses a user with other events, a key of another command and a stream without its beginning', async () => {
    const text = await exportText(source);
    await write(target, 'bob', 'own');
    const before = await contents(target);
    const user = await refusal(importText(target, text, { append: true }));
    expect(user.code).toBe('import.user-exists');
    expect(user.message).toMatch(/User bob .*position 3 .*position 3/);
    const ada = await exportText(source, { after: 0, userId: 'ada' });
    expect((await refusal(importText(target, ada))).code).toBe('import.append-only');
    const part = await exportText(source, { after: 2, userId: 'ada' });
    const incomplete = await refusal(importText(target, part, { append: true }));
    expect(incomplete.message).toMatch(/emotion:ada begins with version 3/);
    expect(await contents(target)).toEqual(before);

    const receipts = await source.rows(receiptsTable);
    const receipt = receipts.find(({ idempotencyKey }) => idempotencyKey === 's2') as ReceiptRow;
    await target.insertRow(receiptsTable, { ...receipt, requestHash: Buffer.alloc(32) });
    const key = await refusal(importText(target, ada, { append: true }));
    expect(key.message).toMatch(/key "s2" belongs to another command/);
    expect((await allEvents(target.log)).every(({ userId }) => userId !== 'ada')).toBe(true);
  });

  it('takes a key that another user of the store has used', async () => {
    await write(target, 'zoe', 's2');
    expect(await importText(target, await exportText(source), { append: true })).toMatchObject({
      receipts: 3,
      verified: { ok: true },
    });
    expect((await write(target, 'ada', 's2')).replayed).toBe(true);
    expect((await write(target, 'zoe', 's2')).replayed).toBe(true);
  });

  it('imports one user of a random history, unless that user exists already', async () => {
    const [anySource, otherTarget] = [await open(database), await open(database)];
    await sendAll(anySource.writer(brittleFolds(), { clock: minuteClock() }), someBursts(11));
    await sendAll(otherTarget.writer(brittleFolds(), { clock: minuteClock() }), someBursts(3), 'other');
    const userEvents = (await allEvents(anySource.log)).filter(({ userId }) => userId === 'ADA');
    expect(userEvents.length).toBeGreaterThan(0);
    const text = await exportText(anySource, { after: 0, userId: 'ADA' });
    const ids = [...text.matchAll(/"userId":"([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids)).toEqual(new Set(['ADA']));
    const fresh = await open(database);
    await write(fresh, 'late', 'x');
    const report = await importText(fresh, text, { append: true });
    expect(report).toMatchObject({ events: userEvents.length, verified: { ok: true } });
    expect((await refusal(importText(otherTarget, text, { append: true }))).code).toBe('import.user-exists');
  });
});
