import { openForWriting } from '../../../src/database/sqlite/open-sqlite.js';
import { EventCatalog } from '../../../src/events/event-catalog.js';
import { jsonCodec } from '../../../src/events/log/event-codec.js';
import { SqliteEventLog } from '../../../src/events/log/sqlite-event-log.js';
import { EventWriter } from '../../../src/writer/event-writer.js';
import { append, joy } from '../appends.js';
import { liveFolds } from '../folds.js';

// Usage: append-events <database file> <commits>. Appends one event per commit; prints each answered key.
const [file = '', commits = ''] = process.argv.slice(2);
const log = new SqliteEventLog(openForWriting(file));
const parts = { catalog: new EventCatalog(), codec: jsonCodec, folds: liveFolds(), clock: Date.now };
const writer = new EventWriter(log, parts);
process.stdout.write('ready\n');
for (let i = 1; i <= Number(commits); i++) {
  await writer.write(append([joy()], { key: `key-${i}` }));
  process.stdout.write(`key-${i}\n`);
}
