import { isMainThread } from 'node:worker_threads';

const built = (file) => import(new URL(`../../../dist/src/${file}.js`, import.meta.url).href);

// Loaded before the service: a command of the user "kill" ends the writer's thread between commit and answer.
if (!isMainThread) {
  const { EventWriter } = await built('writer/event-writer');
  const { SqliteEventLog } = await built('events/log/sqlite-event-log');
  const { write } = EventWriter.prototype;
  const { transaction } = SqliteEventLog.prototype;
  let dying = false;
  EventWriter.prototype.write = function dyingWrite(command) {
    dying ||= command.userId === 'kill';
    return write.call(this, command);
  };
  SqliteEventLog.prototype.transaction = async function lastTransaction(work) {
    const result = await transaction.call(this, work);
    return dying ? process.exit(3) : result;
  };
}
