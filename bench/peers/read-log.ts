// The lower yardstick of a rebuild: only reads every event row in pages and parses its data.
import { join } from 'node:path';
import Database from 'better-sqlite3';

const EVENTS_PER_PAGE = 1_000;

process.once('message', (task) => {
  const db = new Database(join((task as { folder: string }).folder, 'edgesoul.db'), { readonly: true });
  const page = db.prepare('select * from events where position > ? order by position limit ?');
  const start = performance.now();
  let events = 0;
  for (let after = 0; ;) {
    const rows = page.all(after, EVENTS_PER_PAGE) as { position: number; data: string | Buffer }[];
    if (rows.length === 0) break;
    for (const { data } of rows) JSON.parse(data.toString());
    events += rows.length;
    after = rows.at(-1)!.position;
  }
  const seconds = (performance.now() - start) / 1000;
  db.close();
  process.send!({ events, seconds });
});
process.once('disconnect', () => process.exit());
