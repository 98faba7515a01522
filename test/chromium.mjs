import { existsSync } from 'node:fs';

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Returns the browser for the tests of the page: CHROMIUM, else one that the system has; undefined if none. */
export function chromiumPath() {
  return [process.env.CHROMIUM, ...PATHS].find((path) => path && existsSync(path));
}
