import type { Migration } from '@mikro-orm/migrations';
import { MIGRATIONS, type MigrationName } from '../names.js';
import { Initial } from './0001-initial.js';
import { WindowRows } from './0002-window-rows.js';
import { Operations } from './0003-operations.js';
import { Operators } from './0009-operators.js';

const CLASSES: Record<MigrationName, new (...of: ConstructorParameters<typeof Migration>) => Migration> = {
  '0001-initial': Initial,
  '0002-window-rows': WindowRows,
  '0003-operations': Operations,
  '0009-operators': Operators,
};

export const sqliteMigrations = MIGRATIONS.map((name) => ({ name, class: CLASSES[name] }));
