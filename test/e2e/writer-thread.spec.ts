import { fileURLToPath } from 'node:url';
import { audit, NO_FAULTS } from '../support/audit.js';
import { readLog } from '../support/client.js';
import { commandOf, resend, startLoad, type SentCommand } from '../support/load.js';
import { Store } from '../support/store.js';

const DYING_WRITER = fileURLToPath(new URL('../support/programs/dying-writer.js', import.meta.url));

let store: Store;

beforeAll(async () => {
  store = await Store.start({ NODE_OPTIONS: `--import=${DYING_WRITER}` });
});

afterAll(() => store.remove());

describe('a writer thread that dies under load, after its commit and before its answers', () => {
  it('fails its commands with 503, is replaced, and loses or duplicates nothing', async () => {
    const load = startLoad(store.url, 1);
    const deadly: SentCommand[] = [];
    for (const deaths of [1, 2, 3]) {
      await load.acknowledged(deaths * 100);
      const command = { ...commandOf(2, 0, 3), key: `kill-${deaths}`, path: '/v1/users/kill/emotions' };
      command.body = { ...command.body, triggers: [command.key] };
      expect((await resend(store.url, [command])).map(({ status }) => status)).toEqual([503]);
      deadly.push(command);
    }
    await load.acknowledged(500);
    await store.stop('SIGKILL');
    await load.ended();

    await store.restart();
    const sent = [...load.sent, ...deadly];
    // A client without an answer does not know the outcome: its retry under the same key finds the commit.
    const unanswered = load.sent.filter(({ acknowledged }) => !acknowledged);
    expect(unanswered.length).toBeGreaterThan(0);
    const answers = await resend(store.url, unanswered);
    expect(answers.filter(({ status }) => status !== 200 && status !== 201)).toEqual([]);
    for (const [i, command] of unanswered.entries()) command.acknowledged = answers[i];
    expect(audit(await readLog(store), sent)).toEqual(NO_FAULTS);
  });
});
