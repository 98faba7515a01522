import { Initial } from './0001-initial.js';
import { WindowRows } from './0002-window-rows.js';
import { Operations } from './0003-operations.js';

/** Every migration, oldest first, under SQLite's names; a merged one is never edited. */
export const postgresqlMigrations = [
  { name: '0001-initial', class: Initial },
  { name: '0002-window-rows', class: WindowRows },
  { name: '0003-operations', class: Operations },
];
