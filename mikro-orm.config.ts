import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Migrator } from '@mikro-orm/migrations';
import { defineConfig, type Options } from '@mikro-orm/sqlite';
import { sqliteMigrations } from './migrations/sqlite/migrations.js';
import { readConfig } from './src/config.js';
import { toEntity } from './src/database/entity.js';
import { LOG_TABLES } from './src/events/log/log-tables.js';
import { PROJECTIONS } from './src/projections/projection-catalog.js';

const here = dirname(fileURLToPath(import.meta.url));

/** What MikroORM needs to own the schema of a database file. */
export function ormOptions(file: string): Options {
  return defineConfig({
    dbName: file,
    entities: [...LOG_TABLES, ...PROJECTIONS.flatMap(({ tables }) => tables)].map(toEntity),
    extensions: [Migrator],
    // What was migrated is said by the service's own log.
    logger: () => undefined,
    migrations: {
      path: join(here, 'migrations/sqlite'),
      pathTs: 'migrations/sqlite',
      migrationsList: sqliteMigrations,
      snapshotName: '.snapshot',
      snapshotOnMigrate: false,
      emit: 'ts',
    },
    // FTS5's own tables have untyped columns, which introspection cannot read; they are not entities.
    schemaGenerator: { skipTables: [/_fts/, /^sqlite_/] },
  });
}

/** For the MikroORM command line. */
export default () => ormOptions(join(readConfig(process.env).dataDir, 'edgesoul.db'));
