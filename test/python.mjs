import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * Returns the Python for the test of the example: PYTHON, else the first python3 in PATH; undefined if none.
 */
export function pythonPath() {
  const inPath = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'python3'));
  return [process.env.PYTHON, ...inPath].find((path) => path && existsSync(path));
}
