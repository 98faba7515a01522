import { loadDeciders } from '../../src/modules/command-catalog.js';
import { EraseUser } from '../../src/modules/erasure/commands/erase-user.command.js';
import { ReopenUser } from '../../src/modules/erasure/commands/reopen-user.command.js';
import { commandData } from '../../src/modules/store-command.js';
import { countErased } from '../../src/operations/erasure/count-erased.js';
import { finishErasures } from '../../src/operations/erasure/finish-erasures.js';
import { readStore } from '../../src/store/open-store-reader.js';
import { withDecider } from '../../src/writer/deciding-writer.js';
import type { EventWriter } from '../../src/writer/event-writer.js';
import type { TestDatabase } from './test-database.js';

/** Begins the erasure of a user as the route does; its data is still in the database. */
export async function beginErasure(
  db: TestDatabase,
  writer: EventWriter,
  userId: string,
): Promise<{ erasureId: string; position: number }> {
  const counted = await readStore(db.address, (reader) => countErased(reader, userId));
  const command = new EraseUser(userId, { confirm: userId }, { actor: 'test' }).with(counted);
  const { body } = await writer.write(
    withDecider(await loadDeciders(), structuredClone(commandData(command))),
  );
  return JSON.parse(body) as { erasureId: string; position: number };
}

/** Gives the id of an erased user to a new one, as the route does. */
export async function reopen(writer: EventWriter, userId: string, afterErasure: string): Promise<number> {
  const command = new ReopenUser(userId, { afterErasure }, { actor: 'test' });
  const { body } = await writer.write(
    withDecider(await loadDeciders(), structuredClone(commandData(command))),
  );
  return (JSON.parse(body) as { position: number }).position;
}

/** Erases all data whose erasure is pending; returns the ids of its users. */
export async function finish(db: TestDatabase): Promise<string[]> {
  const done = await readStore(db.address, (reader) => finishErasures({ log: db.log, reader }));
  return [...done.users, ...done.retractions].map(({ userId }) => userId);
}
