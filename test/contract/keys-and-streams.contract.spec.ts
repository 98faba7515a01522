import { createHash } from 'node:crypto';
import { receiptsTable, streamsTable } from '../../src/events/log/log-tables.js';
import { keyHash } from '../../src/events/log/receipt-key.js';
import { firstSpelling } from '../../src/events/streams.js';
import { runMigrations } from '../../src/store/run-migrations.js';
import type { Written } from '../../src/writer/write-command.js';
import { allEvents } from '../support/appends.js';
import { DATABASES } from '../support/databases.js';
import { brokenAt } from '../support/event-chain.js';
import { liveFolds } from '../support/folds.js';
import { send, type SentCommand } from '../support/sent-commands.js';
import type { TestDatabase } from '../support/test-database.js';
import { exportText, importText } from '../support/transfer.js';
import { verified } from '../support/verified.js';

/** Ids that had the same stream id under different users. */
const SENT: SentCommand[] = [
  ['a:b', 'c'],
  ['a', 'b:c'],
  ['a', 'memory:x'],
].flatMap(([userId = '', sessionId = '']): SentCommand[] => [
  {
    name: 'RecordTurn',
    userId,
    input: { sessionId, userMessage: `${userId} says`, assistantMessage: 'yes' },
    key: `turn-${userId}-${sessionId}`,
  },
  {
    name: 'FormMemory',
    userId,
    input: { type: 'fact', content: userId, memoryId: sessionId },
    key: `memory-${userId}-${sessionId}`,
  },
]);

const sendAll = (db: TestDatabase): Promise<Written[]> => {
  const writer = db.writer(liveFolds());
  return Promise.all(SENT.map((command) => send(writer, command)));
};

/** Puts the store back to the streams and receipts of the release before, and forgets the migration. */
const DOWNGRADE = [
  `update streams set stream_id = 'memory:' || substr(stream_id, length(user_id) + 9) where stream_id like 'memory:%'`,
  `update streams set stream_id = 'conversation:' || user_id || ':' || substr(stream_id, length(user_id) + 15)
   where stream_id like 'conversation:%'`,
  `create table before as
   select idempotency_key, user_id, request_hash, status, body, position, recorded_at from receipts`,
  'drop table receipts',
  'alter table before rename to receipts',
  'alter table receipts add constraint receipts_pkey primary key (idempotency_key)',
  'create index receipts_position on receipts (position, idempotency_key)',
  `delete from mikro_orm_migrations where name = '0006-keys-and-streams'`,
];

/** SQLite cannot add a primary key to a table, and the migration needs none. */
const downgradeOf = (database: string) =>
  DOWNGRADE.filter((sql) => database !== 'SQLite' || !sql.includes('add constraint')).join(';\n');

/** The text of a log as the release before wrote it. */
function asFormatOne(text: string): string {
  const lines = text.trimEnd().split('\n').slice(0, -1);
  const old = lines.map((line) => {
    const { streamId, userId, ...rest } = JSON.parse(line) as { streamId?: string; userId: string };
    if (streamId === undefined) return line.replace('"format":3', '"format":1');
    return JSON.stringify({ streamId: firstSpelling(userId, streamId), userId, ...rest });
  });
  const before = old.map((line) => `${line}\n`).join('');
  const trailer = JSON.parse(text.trimEnd().split('\n').at(-1) ?? '') as object;
  const digest = createHash('sha256').update(before).digest('hex');
  return `${before}${JSON.stringify({ ...trailer, digest })}\n`;
}

for (const database of DATABASES) {
  describe(`${database.name}: a store of the release before`, () => {
    let db: TestDatabase;
    let answers: Written[];

    beforeEach(async () => {
      db = await database.open();
      answers = await sendAll(db);
      await db.execute(downgradeOf(database.name));
    });

    afterEach(() => db.close());

    it('has one stream id for two streams, and the hashes that its release computed', async () => {
      const ids = (await db.rows(streamsTable)).map(({ streamId }) => streamId);
      expect(ids).toContain('memory:c');
      expect(ids.filter((id) => id === 'conversation:a:b:c')).toHaveLength(2);
      expect(brokenAt(await allEvents(db.log))).toBeUndefined();
    });

    it('is migrated to stream ids that name one stream each, and verifies with its old hashes', async () => {
      const hashes = (await allEvents(db.log)).map(({ hash }) => hash);

      expect(await runMigrations(db.address)).toEqual(['0006-keys-and-streams']);
      await db.reopen();

      const streams = (await db.rows(streamsTable)).map(({ streamId }) => streamId);
      expect(new Set(streams).size).toBe(streams.length);
      expect(streams.toSorted()).toEqual([
        'conversation:a/b:c',
        'conversation:a/memory:x',
        'conversation:a:b/c',
        'memory:a/b:c',
        'memory:a/memory:x',
        'memory:a:b/c',
        'profile:a',
        'profile:a:b',
      ]);
      const events = await allEvents(db.log);
      expect(events.map(({ hash }) => hash)).toEqual(hashes);
      expect(brokenAt(events)).toBeUndefined();
      expect(await verified(db)).toMatchObject({ ok: true, findings: [] });
    });

    it('continues its streams, and answers retries of its commands', async () => {
      await runMigrations(db.address);
      await db.reopen();

      expect(await sendAll(db)).toEqual(answers.map((answer) => ({ ...answer, replayed: true })));
      for (const receipt of await db.rows(receiptsTable)) expect(receipt.keyHash).toBe(keyHash(receipt));
      const ended = { name: 'EndSession', userId: 'a', input: { sessionId: 'b:c' } };
      await send(db.writer(liveFolds()), ended);
      expect((await allEvents(db.log)).at(-1)).toMatchObject({ streamId: 'conversation:a/b:c', version: 3 });
      expect(await verified(db)).toMatchObject({ ok: true });
    });

    it('is restored from a file that the release before wrote', async () => {
      await runMigrations(db.address);
      await db.reopen();
      const target = await database.open();
      const old = asFormatOne(await exportText(db));
      expect(old).toContain('"streamId":"conversation:a:b:c"');

      expect(await importText(target, old)).toMatchObject({ verified: { ok: true }, receipts: SENT.length });

      expect(await allEvents(target.log)).toEqual(await allEvents(db.log));
      expect(await sendAll(target)).toEqual(answers.map((answer) => ({ ...answer, replayed: true })));
      await target.close();
    });
  });
}
