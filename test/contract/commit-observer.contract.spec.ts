import { Refused } from '../../src/errors.js';
import type { Commit } from '../../src/writer/event-writer.js';
import { append, feeling, joy, malformed, numbers } from '../support/appends.js';
import { DATABASES } from '../support/databases.js';
import { brittleFolds, liveFolds, UNSTORABLE } from '../support/folds.js';
import type { TestDatabase } from '../support/test-database.js';

function refusing(): never {
  throw Refused.memoryExists('m');
}

for (const database of DATABASES) {
  describe(`${database.name}: a commit listener`, () => {
    let db: TestDatabase;

    beforeEach(async () => {
      db = await database.open();
    });

    afterEach(() => db.close());

    it('is called for each commit with its number of commands and events, before they are answered', async () => {
      const writer = db.writer(liveFolds(), { limits: { batch: 4 } });
      const commits: Commit[] = [];
      writer.onCommit((commit) => commits.push(commit));
      const commitsWhenAnswered = await Promise.all([
        ...numbers(5).map(async () => {
          await writer.write(append([joy(), joy()]));
          return commits.length;
        }),
        writer.write(append([], { decide: refusing })).catch(() => commits.length),
      ]);
      expect(commits).toEqual([
        { commands: 4, events: 8, ms: expect.any(Number) },
        { commands: 2, events: 2, ms: expect.any(Number) },
      ]);
      expect(commitsWhenAnswered).toEqual([1, 1, 1, 1, 2, 2]);
      for (const { ms } of commits) expect(ms).toBeGreaterThan(0);
    });

    it('is not called for a batch that was rolled back, only for the commands of it written one by one', async () => {
      const writer = db.writer(brittleFolds());
      const commits: Commit[] = [];
      writer.onCommit((commit) => commits.push(commit));
      await Promise.allSettled([
        writer.write(append([joy()])),
        writer.write(append([feeling(UNSTORABLE)])),
        writer.write(append([joy()])),
        writer.write(append([malformed()])),
      ]);
      expect(commits.map(({ commands, events }) => [commands, events])).toEqual([
        [1, 1],
        [1, 1],
        [1, 0],
      ]);
    });

    it('learns of a clock that is behind the log also if the commit that noticed it failed', async () => {
      const now = Date.UTC(2026, 0, 1);
      await db.writer(brittleFolds(), { clock: () => now }).write(append([joy()]));
      const writer = db.writer(brittleFolds(), { clock: () => now - 3_600_000 });
      const commits: Commit[] = [];
      writer.onCommit((commit) => commits.push(commit));
      await Promise.allSettled([
        writer.write(append([feeling(UNSTORABLE)])),
        writer.write(append([joy()])),
        writer.write(append([joy()])),
      ]);
      expect(commits.map(({ clock }) => clock)).toEqual([{ stepMs: 0, behindMs: 3_600_000 }, undefined]);
    });
  });
}
