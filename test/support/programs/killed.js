import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const built = (file) => import(new URL(`../../../dist/src/${file}.js`, import.meta.url).href);

// Loaded before a program: kills its process (with KILLED_BY, or kill -9) at the step KILLED_AT, which is one of
// "rename x": before a file with x in its path is renamed,
// "remove x": before such a file is removed,
// "write x": before such a file is opened for writing as a stream,
// "swap": before the tables of a rebuild go live,
// "commit 2": after the second transaction of a thread on the log.
const [step = '', target = ''] = (process.env.KILLED_AT ?? '').split(' ');
const die = () => process.kill(process.pid, process.env.KILLED_BY ?? 'SIGKILL');

function killBefore(calls, name) {
  const call = calls[name];
  calls[name] = (path, ...rest) => {
    if (String(path).includes(target)) die();
    return call(path, ...rest);
  };
}

function killAfterCommit({ prototype }) {
  const { transaction } = prototype;
  let commits = 0;
  prototype.transaction = async function lastTransaction(work) {
    const result = await transaction.call(this, work);
    commits += 1;
    if (commits === Number(target)) die();
    return result;
  };
}

if (step === 'commit') {
  killAfterCommit((await built('events/log/sqlite-event-log')).SqliteEventLog);
  killAfterCommit((await built('events/log/postgresql-event-log')).PostgresqlEventLog);
} else if (step === 'write') {
  killBefore(fs, 'createWriteStream');
  syncBuiltinESMExports();
} else if (step === 'swap') {
  (await built('database/sqlite/sqlite-shadows')).SqliteShadows.prototype.swap = die;
} else {
  const name = step === 'remove' ? 'rm' : step;
  killBefore(fs, `${name}Sync`);
  killBefore(fs.promises, name);
  syncBuiltinESMExports();
}
