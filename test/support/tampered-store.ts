import { join } from 'node:path';
import Database from 'better-sqlite3';
import { runSql } from './postgresql-databases.js';
import type { Store } from './store.js';

/** Runs SQL on the log of a stopped store without the triggers that protect it. */
export async function tamperWith(store: Store, sql: string): Promise<void> {
  const url = store.databaseUrl;
  if (url) {
    await runSql(
      url,
      `alter table events disable trigger user; ${sql}; alter table events enable trigger user`,
    );
    return;
  }
  const db = new Database(join(store.dataDir, 'edgesoul.db'));
  const triggers = db
    .prepare(`select name, sql from sqlite_schema where type = 'trigger' and tbl_name = 'events'`)
    .all() as { name: string; sql: string }[];
  for (const { name } of triggers) db.exec(`drop trigger ${name}`);
  db.exec(sql);
  for (const trigger of triggers) db.exec(trigger.sql);
  db.close();
}
