import { readFileSync, statSync } from 'node:fs';

const { now: realNow } = Date;
let read = { at: -1, shift: 0 };

// Loaded before a service, in each of its threads: its clock shows the time in the file CLOCK_FILE when the file
// was written, and goes on from there.
function shift() {
  const at = statSync(process.env.CLOCK_FILE).mtimeMs;
  if (at !== read.at) read = { at, shift: Date.parse(readFileSync(process.env.CLOCK_FILE, 'utf8')) - at };
  return read.shift;
}

globalThis.Date = class extends Date {
  constructor(...args) {
    if (args.length === 0) super(Math.floor(realNow() + shift()));
    else super(...args);
  }

  static now() {
    return Math.floor(realNow() + shift());
  }
};
