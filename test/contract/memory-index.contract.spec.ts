import * as fc from 'fast-check';
import { terms } from '../../src/database/full-text.js';
import { memoryIndex, memoriesTable } from '../../src/projections/memory-index.projection.js';
import { DATABASES } from '../support/databases.js';
import { folded } from '../support/folded.js';
import { liveFolds } from '../support/folds.js';
import { formed } from '../support/happened.js';
import { searchEveryMemory } from '../support/memory-index-in-memory.js';
import { propertyRuns } from '../support/property-runs.js';
import { minuteClock } from '../support/random-commands.js';
import { USER } from '../support/recorder.js';
import { refolded } from '../support/refolded.js';
import { send } from '../support/sent-commands.js';
import type { TestDatabase } from '../support/test-database.js';

/** Near each other in the index and far apart; some in scripts that two databases may order differently. */
const WORDS = [
  ...'abcdefghij'.split('').flatMap((a) => [...'abcdefghij'].map((b) => `sa${a}${b}`)),
  'zebra',
  'zoo',
  'a',
  'море',
  'море2',
  '飯',
  '\u{20000}',
  '\uffda',
  '🙂',
  'עברית',
].flatMap((word) => terms(word));

for (const database of DATABASES) {
  describe(`${database.name}: the memory index`, () => {
    let db: TestDatabase;

    beforeAll(async () => {
      db = await database.open();
    });

    afterAll(() => db.close());

    let lastId = 0;

    async function remember(userId: string, content: string): Promise<void> {
      const [row] = folded(memoryIndex, [formed({ content }, { userId })]).all(memoriesTable);
      await db.insertRow(memoriesTable, { ...row!, indexId: ++lastId });
    }

    it("tells which of many terms a user's memories contain, and no others", async () => {
      const halves = fc.tuple(fc.subarray(WORDS), fc.subarray(WORDS), fc.subarray(WORDS));
      let n = 0;
      await fc.assert(
        fc.asyncProperty(halves, async ([mine, theirs, asked]) => {
          const [user, before, after] = [`user ${++n}`, `user ${n}-`, `user ${n}+`];
          await remember(user, `. ${mine.join(' ')}`);
          for (const other of [before, after]) await remember(other, `. ${theirs.join(' ')}`);
          const said = new Set(terms(mine.join(' ')));
          const contained = await db.index.contained(user, asked);
          expect([...contained].toSorted()).toEqual(asked.filter((term) => said.has(term)).toSorted());
        }),
        propertyRuns(20),
      );
      expect([...(await db.index.contained(USER, WORDS))]).toEqual([]);
    });

    it('finds the same in few memories, which are read at once, and in many', async () => {
      const writer = db.writer(liveFolds(), { clock: minuteClock() });
      const asked = { userId: 'ada', minConfidence: 0.3, limit: 5 };
      const questions = ['Where was Tom in 2026?', 'sabb zoo море', 'the boat'].map((q) => ({ ...asked, q }));
      let found = 0;
      for (let n = 1; n <= 34; n++) {
        const content = `${n % 3 ? 'Tom: ' : ''}${WORDS[n % 7]} in ${WORDS.at(-(n % 6))} the boat${n % 2 ? '' : '?'}`;
        await send(writer, { name: 'FormMemory', userId: 'ada', input: { type: 'fact', content } });
        if (n % 8 > 2) continue;
        const rows = await refolded(db.log);
        for (const question of questions) {
          const hits = searchEveryMemory(rows, question);
          expect(await db.reads.searchMemories(question)).toEqual({ hits, complete: true });
          found += hits.length;
        }
      }
      expect(found).toBeGreaterThan(50);
    });
  });
}
