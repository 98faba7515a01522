import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const { SqliteShadows } = await import(
  new URL('../../../dist/src/database/sqlite/sqlite-shadows.js', import.meta.url).href
);
const { create } = SqliteShadows.prototype;

// Loaded before a service: a rebuild waits before its first step until the file HELD_UNTIL exists.
SqliteShadows.prototype.create = async function heldCreate(tables) {
  while (!existsSync(process.env.HELD_UNTIL)) await sleep(5);
  return create.call(this, tables);
};
