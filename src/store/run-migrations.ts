import { MikroORM } from '@mikro-orm/core';
import type { Migrator } from '@mikro-orm/migrations';
import { StartRefused } from '../errors.js';
import { whyOf } from '../why.js';
import { databaseName, type DatabaseAddress } from './database-address.js';
import { ormOptions } from './orm-options.js';

/** Runs the pending migrations with MikroORM and returns their names. Throws StartRefused if it cannot. */
export async function runMigrations(address: DatabaseAddress): Promise<string[]> {
  let orm: MikroORM | undefined;
  try {
    orm = await MikroORM.init(ormOptions(address));
    await refuseNewer(orm);
    const done = await migratorOf(orm).up();
    return done.map(({ name }) => name);
  } catch (cause) {
    if (cause instanceof StartRefused) throw cause;
    const why = whyOf(cause).split('\n')[0];
    throw new StartRefused(`${databaseName(address)} cannot be opened or migrated: ${why}`, { cause });
  } finally {
    await orm?.close();
  }
}

/** An older release must not write to a database that a newer release has migrated. */
async function refuseNewer(orm: MikroORM): Promise<void> {
  const known = new Set(
    orm.config.get('migrations').migrationsList?.map((each) => ('name' in each ? each.name : '')),
  );
  const executed = await migratorOf(orm).getExecuted();
  const unknown = executed.map(({ name }) => name).filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new StartRefused(
      `The database was migrated by a newer release (${unknown.join(', ')}); use that release.`,
    );
  }
}

function migratorOf(orm: MikroORM): Migrator {
  return orm.config.getExtension<Migrator>('@mikro-orm/migrator') as Migrator;
}
