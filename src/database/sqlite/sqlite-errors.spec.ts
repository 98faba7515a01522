import {
  DamagedDatabase,
  DatabaseLocked,
  DiskFailure,
  ForeignDatabase,
  StoreError,
  Unavailable,
} from '../../errors.js';
import { damageIn, translated, translating } from './sqlite-errors.js';

const coded = (code: string) => Object.assign(new Error('what SQLite reports'), { code });

describe('an error of SQLite', () => {
  it.each<[string, new (...parameters: never[]) => StoreError]>([
    ['SQLITE_CORRUPT', DamagedDatabase],
    ['SQLITE_CORRUPT_VTAB', DamagedDatabase],
    ['SQLITE_NOTADB', ForeignDatabase],
    ['SQLITE_FULL', DiskFailure],
    ['SQLITE_IOERR', DiskFailure],
    ['SQLITE_IOERR_FSYNC', DiskFailure],
    ['SQLITE_BUSY', DatabaseLocked],
    ['SQLITE_BUSY_SNAPSHOT', Unavailable],
    ['SQLITE_LOCKED', Unavailable],
    ['SQLITE_READONLY', Unavailable],
    ['SQLITE_CANTOPEN', Unavailable],
    ['SQLITE_NOMEM', Unavailable],
  ])('with the code %s becomes a StoreError', (code, expected) => {
    const cause = coded(code);
    const error = translated(cause);
    expect((error as object).constructor).toBe(expected);
    expect(error).toMatchObject({ cause });
  });

  it.each(['SQLITE_IOERR', 'SQLITE_IOERR_READ', 'SQLITE_IOERR_FSYNC'])(
    'that is an I/O error is neither damage nor a full disk: %s',
    (code) => {
      expect(translated(coded(code))).toMatchObject({
        status: 503,
        code: 'database.io-error',
        message: expect.not.stringMatching(/damaged|restore/),
      });
    },
  );

  it.each([
    coded('SQLITE_ERROR'),
    coded('SQLITE_CONSTRAINT_PRIMARYKEY'),
    new TypeError('x is not a function'),
  ])('stays unchanged when the program is at fault: $code', (fault) => {
    expect(translated(fault)).toBe(fault);
  });

  it('is translated only once', () => {
    const once = translated(coded('SQLITE_CORRUPT'));
    expect(translated(once)).toBe(once);
  });

  it('is thrown translated by `translating`', () => {
    expect(() =>
      translating(() => {
        throw coded('SQLITE_FULL');
      }),
    ).toThrow(DiskFailure);
    expect(translating(() => 7)).toBe(7);
  });
});

describe('what a check of the file reports', () => {
  it('is damage, line by line', () => {
    expect(damageIn(['ok'])).toEqual([]);
    const lines = ['Tree 27 page 1707 cell 6: Extends off end of page', 'Page 9: never used'];
    expect(damageIn(lines)).toEqual(lines);
    const read = 'Tree 4 page 12: btreeInitPage() returns error code 11';
    expect(damageIn([read])).toEqual([read]);
  });

  it.each(['Tree 4 page 12: unable to get the page. error code=266', 'Page 3: error code 10'])(
    'is an I/O error when a page could not be read: %s',
    (line) => {
      expect(() => damageIn(['Page 9: never used', line])).toThrow(
        expect.objectContaining({ code: 'database.io-error' }),
      );
    },
  );
});
