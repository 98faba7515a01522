import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const { SqliteShadows } = await import(
  new URL('../../../dist/src/database/sqlite/sqlite-shadows.js', import.meta.url).href
);
const { create } = SqliteShadows.prototype;

// Loaded before a service: a rebuild waits in front of its first step until the file that HELD_UNTIL names is there.
SqliteShadows.prototype.create = async function heldCreate(tables) {
  while (!existsSync(process.env.HELD_UNTIL)) await sleep(5);
  return create.call(this, tables);
};
