import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeFolders } from './make-folders.js';

let above: string;

beforeEach(() => {
  above = mkdtempSync(join(tmpdir(), 'edgesoul-folders-'));
});

afterEach(() => rmSync(above, { recursive: true }));

describe('makeFolders', () => {
  it('makes what is missing, and leaves what is there', () => {
    const folder = join(above, 'a', 'b');
    makeFolders(folder);
    makeFolders(folder);
    makeFolders(`${folder}/`);
    expect(statSync(folder).isDirectory()).toBe(true);
  });

  it('throws where a file is in the way', () => {
    const file = join(above, 'file');
    writeFileSync(file, '');
    expect(() => makeFolders(file)).toThrow('EEXIST');
    expect(() => makeFolders(join(file, 'below'))).toThrow('ENOTDIR');
  });

  it('throws where the system makes no folders', () => {
    // /proc answers so on Linux; other systems have no /proc, or let nobody make one.
    expect(() => makeFolders('/proc/edgesoul/tables')).toThrow(/E(NOENT|PERM|ACCES|ROFS)/);
  });
});
