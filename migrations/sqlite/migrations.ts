import type { Migration } from '@mikro-orm/migrations';
import { MIGRATIONS, type MigrationName } from '../names.js';
import { Initial } from './0001-initial.js';
import { WindowRows } from './0002-window-rows.js';
import { Operations } from './0003-operations.js';
import { Sessions } from './0005-sessions.js';

const CLASSES: Record<MigrationName, new (...of: ConstructorParameters<typeof Migration>) => Migration> = {
  '0001-initial': Initial,
  '0002-window-rows': WindowRows,
  '0003-operations': Operations,
  '0005-sessions': Sessions,
};

export const sqliteMigrations = MIGRATIONS.map((name) => ({ name, class: CLASSES[name] }));
