import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Options } from '@mikro-orm/core';
import { Migrator } from '@mikro-orm/migrations';
import { PostgreSqlDriver } from '@mikro-orm/postgresql';
import { SqliteDriver } from '@mikro-orm/sqlite';
import { postgresqlMigrations } from '../../migrations/postgresql/migrations.js';
import { sqliteMigrations } from '../../migrations/sqlite/migrations.js';
import { toEntity } from '../database/entity.js';
import { columnType as postgresqlType } from '../database/postgresql/postgresql-statements.js';
import { columnType as sqliteType, sqliteTable } from '../database/sqlite/sqlite-rows.js';
import { LOG_TABLES } from '../events/log/log-tables.js';
import { POSTGRESQL_LOG_TABLES } from '../events/log/postgresql-log-tables.js';
import { PROJECTIONS } from '../projections/projection-catalog.js';
import type { DatabaseAddress } from './database-address.js';
import { namedSchema } from './postgresql/named-schema.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MIGRATIONS_TABLE = 'mikro_orm_migrations';
const PROJECTION_TABLES = PROJECTIONS.flatMap(({ tables }) => tables);

/** MikroORM's options for migrating the schema of a SQLite file or a PostgreSQL database. */
export function ormOptions(database: DatabaseAddress): Partial<Options> {
  return 'url' in database ? postgresqlOptions(database.url) : sqliteOptions(database.file);
}

function sqliteOptions(file: string): Partial<Options> {
  return {
    driver: SqliteDriver,
    dbName: file,
    entities: [...LOG_TABLES, ...PROJECTION_TABLES].map((table) => toEntity(sqliteTable(table), sqliteType)),
    // FTS5's own tables have untyped columns, which introspection cannot read. They are not entities.
    schemaGenerator: { skipTables: [/_fts/, /^sqlite_/] },
    ...commonOptions('sqlite', sqliteMigrations),
  };
}

function postgresqlOptions(url: string): Partial<Options> {
  return {
    driver: PostgreSqlDriver,
    clientUrl: url,
    // The ORM reads only host, port, user, password and database of the URL; the driver also the TLS
    // settings.
    driverOptions: { connectionString: url },
    entities: [...POSTGRESQL_LOG_TABLES, ...PROJECTION_TABLES].map((table) =>
      toEntity(table, postgresqlType),
    ),
    schemaGenerator: { skipTables: [/_fts/] },
    ...commonOptions('postgresql', postgresqlMigrations, migrationsTable(url)),
  };
}

/** Without a schema in its name, the ORM would look for the table in `public`, where another store may be. */
function migrationsTable(url: string): string {
  const schema = namedSchema(url);
  return schema === undefined ? MIGRATIONS_TABLE : `${schema}.${MIGRATIONS_TABLE}`;
}

function commonOptions(
  folder: string,
  migrationsList: typeof sqliteMigrations,
  tableName = MIGRATIONS_TABLE,
): Partial<Options> {
  return {
    extensions: [Migrator],
    ensureDatabase: false,
    // The service's own log reports the migrations.
    logger: () => undefined,
    migrations: {
      tableName,
      path: join(ROOT, `migrations/${folder}`),
      pathTs: `migrations/${folder}`,
      migrationsList,
      snapshotName: '.snapshot',
      snapshotOnMigrate: false,
      emit: 'ts',
    },
  };
}
