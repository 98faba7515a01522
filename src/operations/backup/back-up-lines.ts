import { dirname, join } from 'node:path';
import type { Corrupt } from '../../errors.js';
import type { DatabaseAddress } from '../../store/database-address.js';
import { readStore } from '../../store/open-store-reader.js';
import { isAnyPending, pendingErasures } from '../erasure/pending-erasures.js';
import type { Progress } from '../job-context.js';
import { linesOf } from '../lines/log-lines.js';
import { readPackedLines } from '../lines/read-packed-lines.js';
import type { WrittenBackup } from './back-up-file.js';
import { damagedBackup } from './backup-errors.js';
import { writingTo } from './backup-folder.js';
import { describeStore, type StoreDescription } from './describe-store.js';
import type { Steps } from './steps.js';
import { checkPacked, pack, type PackedFile } from './zstd-files.js';

/** Backs up a snapshot of a database as lines: log, receipts, skips. All else can be folded from them. */
export function backUpLines(
  address: DatabaseAddress,
  { partial, name }: { partial: string; name: string },
  steps: Steps,
  progress: Progress = () => undefined,
): Promise<WrittenBackup> {
  const file = join(partial, name);
  return readStore(address, async (reader) => {
    let rawBytes = 0;
    const written = await reader.snapshot(async () => {
      const described = await steps.run('digest', () => describeStore(reader));
      const { position } = described;
      const context = { progress: (done: number) => progress(done, 2 * position) };
      const lines = linesOf(reader, { after: 0, upTo: position }, context);
      // Inside the database's snapshot, a full disk must not be taken for a failure of the database.
      const packed = await steps.run('compress', () =>
        writingTo(dirname(partial), () => pack(lines, file, (bytes) => (rawBytes += bytes))),
      );
      // Receipts of a user whose erasure is under way are counted, but are not among the lines.
      const receiptsGo = isAnyPending(await pendingErasures(reader));
      return { description: { ...described, ...packed }, receiptsGo };
    });
    const { description, receiptsGo } = written;
    const receipts = await steps.run('verify', () =>
      verifyLines(file, description, (events) =>
        progress(description.position + events, 2 * description.position),
      ),
    );
    if (receipts !== description.receipts && !receiptsGo) throw differentLines(file);
    return { ...description, receipts, rawBytes };
  });
}

/** Reads the backup again and checks every line, hash and count. Returns its receipts. Throws Corrupt. */
async function verifyLines(
  file: string,
  described: StoreDescription & PackedFile,
  progress: (events: number) => void,
): Promise<number> {
  await checkPacked(file, described);
  let receipts = 0;
  for await (const entry of readPackedLines(file)) {
    if (entry.kind === 'event' && entry.event.position % 1_000 === 0) progress(entry.event.position);
    if (entry.kind !== 'trailer') continue;
    const { events, lastHash } = entry.trailer;
    ({ receipts } = entry.trailer);
    if (events !== described.events || lastHash !== described.chainHead) throw differentLines(file);
  }
  return receipts;
}

function differentLines(file: string): Corrupt {
  return damagedBackup(file, 'its events or receipts differ from those of the database');
}
