import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const built = (file) => import(new URL(`../../../dist/src/${file}.js`, import.meta.url).href);

// Loaded before a program: ends its process as kill -9 does, at the step that KILLED_AT names. "rename x" is in front of
// giving a new name to a file that has x in its path, "remove x" in front of removing one, "swap" in front of making the
// tables of a rebuild live, "commit 2" behind the second transaction of a thread on the log.
const [step = '', what = ''] = (process.env.KILLED_AT ?? '').split(' ');
const die = () => process.kill(process.pid, 'SIGKILL');

function killedInFrontOf(calls, name) {
  const call = calls[name];
  calls[name] = (path, ...rest) => {
    if (String(path).includes(what)) die();
    return call(path, ...rest);
  };
}

function killedBehind({ prototype }) {
  const { transaction } = prototype;
  let commits = 0;
  prototype.transaction = async function lastTransaction(work) {
    const result = await transaction.call(this, work);
    commits += 1;
    if (commits === Number(what)) die();
    return result;
  };
}

if (step === 'commit') {
  killedBehind((await built('events/log/sqlite-event-log')).SqliteEventLog);
  killedBehind((await built('events/log/postgresql-event-log')).PostgresqlEventLog);
} else if (step === 'swap') {
  (await built('database/sqlite/sqlite-shadows')).SqliteShadows.prototype.swap = die;
} else {
  const name = step === 'remove' ? 'rm' : step;
  killedInFrontOf(fs, `${name}Sync`);
  killedInFrontOf(fs.promises, name);
  syncBuiltinESMExports();
}
