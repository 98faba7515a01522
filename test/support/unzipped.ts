import { execFileSync } from 'node:child_process';

/** Prints the files of an archive as JSON, checking the CRC of each; fails for a part of one. */
const SCRIPT = `
import json, sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
assert archive.testzip() is None
print(json.dumps({each: archive.read(each).decode() for each in archive.namelist()}))
`;

/** Opens a ZIP archive with another implementation, that of Python; throws if it cannot. */
export function unzipped(file: string): Record<string, string> {
  const maxBuffer = 256 * 1024 * 1024;
  const text = execFileSync('python3', ['-c', SCRIPT, file], {
    maxBuffer,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return JSON.parse(text.toString()) as Record<string, string>;
}
