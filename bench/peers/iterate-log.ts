// The yardstick of a replay: one prepared statement that iterates over the columns of every event.
import { join } from 'node:path';
import Database from 'better-sqlite3';

process.once('message', (task) => {
  const db = new Database(join((task as { folder: string }).folder, 'edgesoul.db'), { readonly: true });
  const rows = db.prepare('select * from events order by position').iterate();
  const start = performance.now();
  let events = 0;
  for (const _row of rows) events++;
  const seconds = (performance.now() - start) / 1000;
  db.close();
  process.send!({ events, seconds });
});
process.once('disconnect', () => process.exit());
