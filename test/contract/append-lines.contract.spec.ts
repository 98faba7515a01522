import { Corrupt } from '../../src/errors.js';
import { inBatch } from '../../src/events/log/in-batch.js';
import { receiptsTable, type ReceiptRow } from '../../src/events/log/log-tables.js';
import { keyHash, OWN_KEY, receiptKey } from '../../src/events/log/receipt-key.js';
import { unverifiedRestore } from '../../src/operations/backup/backup-errors.js';
import { appendLines } from '../../src/operations/lines/append-lines.js';
import { allEvents, append, joy, numbers } from '../support/appends.js';
import { DATABASES } from '../support/databases.js';
import { noFolds } from '../support/no-folds.js';
import type { TestDatabase } from '../support/test-database.js';

for (const database of DATABASES) {
  describe(`${database.name}: lines appended at the positions that they have`, () => {
    let source: TestDatabase;
    let target: TestDatabase;

    beforeEach(async () => {
      [source, target] = await Promise.all([database.open(), database.open()]);
      await source.writer(noFolds).write(append(numbers(3).map(() => joy())));
    });

    afterEach(() => Promise.all([source.close(), target.close()]));

    const appendTo = async (
      events: Awaited<ReturnType<typeof allEvents>>,
      receipts: readonly ReceiptRow[] = [],
    ) =>
      target.log.transaction((transaction) =>
        appendLines(transaction, { events, receipts, skips: [] }, unverifiedRestore),
      );

    it('are the same events as in the log that they come from', async () => {
      const events = await allEvents(source.log);
      await appendTo(events);
      expect(await allEvents(target.log)).toEqual(events);
    });

    it('change no receipt that is there already', async () => {
      const id = { userId: 'user-1', idempotencyKey: 'key-1', batchIndex: OWN_KEY };
      const requestHash = Buffer.alloc(32);
      const rest = { requestHash, status: 201, position: 0, recordedAt: 0 };
      const receipt = { ...id, keyHash: keyHash(id), ...rest, body: '"first"' };
      await appendTo([], [receipt]);
      await appendTo([], [{ ...receipt, body: '"second"' }]);
      const stored = await target.log.transaction((transaction) =>
        inBatch(transaction, (rows) => rows.get(receiptsTable, ...receiptKey(id))),
      );
      expect(stored?.body).toBe('"first"');
    });

    it('are refused, with nothing written, if they do not follow the head or their stream', async () => {
      const [first, second, third] = await allEvents(source.log);
      if (!first || !second || !third) throw new Error('The log has three events.');
      await expect(appendTo([second, third])).rejects.toBeInstanceOf(Corrupt);
      await expect(appendTo([{ ...first, version: 2 }])).rejects.toBeInstanceOf(Corrupt);
      expect(await allEvents(target.log)).toEqual([]);
      await appendTo([first]);
      await expect(appendTo([third])).rejects.toThrow('position 3 does not follow position 1');
      expect(await allEvents(target.log)).toHaveLength(1);
    });
  });
}
