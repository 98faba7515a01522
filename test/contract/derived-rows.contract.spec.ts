import { append, feeling, joy } from '../support/appends.js';
import { DATABASES } from '../support/databases.js';
import { liveFolds } from '../support/folds.js';
import { noFolds } from '../support/no-folds.js';
import { minuteClock } from '../support/random-commands.js';
import { refoldedRows, storedRows } from '../support/refolded.js';
import { send } from '../support/sent-commands.js';
import type { TestDatabase } from '../support/test-database.js';
import { exportText, importText } from '../support/transfer.js';
import { problemsIn, verified } from '../support/verified.js';

const BLOCK = 256;
const LAST_CODE_POINT = 0x10ffff;
/** Code points of one memory's content. */
const CONTENT = 8_000;

/** One letter, digit, mark or sign of every Unicode block that has any. */
function oneOfEveryBlock(): string[] {
  const found: string[] = [];
  for (let start = 0; start < LAST_CODE_POINT; start += BLOCK) {
    for (let code = start; code < start + BLOCK; code++) {
      const character = String.fromCodePoint(code);
      if (!/[\p{L}\p{N}\p{M}\p{S}]/u.test(character)) continue;
      found.push(character);
      break;
    }
  }
  return found;
}

/** Contents in which every block has a word that is longer than the index keeps. */
function longWords(): string[] {
  const words = oneOfEveryBlock().flatMap((character) => [
    character.repeat(70),
    `a${character.repeat(70)}`,
    `${character} ${character}`,
  ]);
  const contents = [''];
  for (const word of words) {
    const last = contents.at(-1) as string;
    if ([...last].length + [...word].length + 1 > CONTENT) contents.push(word);
    else contents[contents.length - 1] = `${last} ${word}`;
  }
  return contents;
}

async function write(db: TestDatabase, contents: readonly string[]): Promise<void> {
  const writer = db.writer(liveFolds(), { clock: minuteClock() });
  for (const [i, content] of contents.entries()) {
    const input = { type: 'fact', content };
    await send(writer, { name: 'FormMemory', userId: i % 2 === 0 ? 'ada' : 'bob', input });
  }
}

for (const database of DATABASES) {
  describe(`${database.name}: what is derived from the log`, () => {
    let db: TestDatabase;

    beforeEach(async () => {
      db = await database.open();
    });

    afterEach(() => db.close());

    it('agrees with the full-text index for words of every Unicode block', async () => {
      const contents = longWords();
      expect(contents.join('').length).toBeGreaterThan(50_000);
      await write(db, contents);

      expect(problemsIn(await verified(db))).toEqual([]);
      const [word = ''] = /𐐀+/u.exec(contents.join(' ')) ?? [];
      expect(word.length).toBeGreaterThan(64);
      const question = { userId: 'ada', q: word, minConfidence: 0, limit: 5 };
      const bobs = { ...question, userId: 'bob' };
      const { hits } = await db.reads.searchMemories(question);
      expect([...hits, ...(await db.reads.searchMemories(bobs)).hits]).not.toEqual([]);
    });

    it.each([
      [
        'a row of the full-text index',
        `delete from memories_fts`,
        { projections: [], findings: expect.arrayContaining([expect.stringContaining('full-text index')]) },
      ],
      [
        'a row',
        `delete from profiles where user_id = 'bob'`,
        { projections: [{ name: 'current-profile', differences: 1 }], findings: [] },
      ],
      [
        'the right content of a row',
        `update memories set content = 'plane', term_count = 7 where user_id = 'ada'`,
        { projections: [{ name: 'memory-index', differences: 1 }], findings: [] },
      ],
      // A projection of another version is folded anyway.
      ['a checkpoint', `update checkpoints set version = 99 where projection = 'emotion-trend'`, null],
    ])('does not hold up an import: without %s it is folded again', async (_what, sql, expected) => {
      await write(db, ['Her boat is called Marlin', 'He fears boats']);
      const text = await exportText(db);
      await db.execute(sql);

      const { verified: report, refolded } = await importText(db, text);

      expect(report && problemsIn(report)).toEqual([]);
      expect(refolded).toEqual(expected);
      expect(await storedRows(db)).toEqual(await refoldedRows(db.log));
    });

    it('never begins with half a letter: an import refuses the file that has one, and names its line', async () => {
      await db.writer(noFolds, { clock: minuteClock() }).write(append([joy(), feeling('half: \ud83d')]));
      const text = await exportText(db);
      const other = await database.open();
      try {
        await expect(importText(other, text)).rejects.toMatchObject({
          code: 'file.damaged',
          message: expect.stringMatching(/^Line 3, the event at position 2: .*well-formed Unicode/),
        });
        expect((await other.log.head()).position).toBe(0);
      } finally {
        await other.close();
      }
    });

    it('is not folded again when the log itself is wrong', async () => {
      await write(db, ['Her boat is called Marlin', 'He fears boats']);
      const text = await exportText(db);
      await db.execute(`delete from profiles where user_id = 'bob'`);
      await db.tamper('update events set occurred_at = occurred_at + 1 where position = 2');

      const { verified: report, refolded } = await importText(db, text);

      expect(report?.ok).toBe(false);
      expect(refolded).toBeNull();
    });
  });
}
