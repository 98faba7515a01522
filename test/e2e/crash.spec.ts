import { jest } from '@jest/globals';
import type { Profile, StoredEvent } from '../support/answers.js';
import { audit, NO_FAULTS, storedKeys } from '../support/audit.js';
import { readLog } from '../support/client.js';
import { resend, startLoad, type SentCommand } from '../support/load.js';
import { Store } from '../support/store.js';

const ROUNDS = Number(process.env.CRASH_ROUNDS ?? 2);

jest.setTimeout(180_000 + ROUNDS * 20_000);

let store: Store;

beforeAll(async () => {
  store = await Store.start();
});

afterAll(() => store.remove());

/** Resends commands under their keys, marks those that succeed as acknowledged, and returns the statuses. */
async function retry(commands: SentCommand[]): Promise<number[]> {
  const answers = await resend(store.url, commands);
  for (const [index, { status, position }] of answers.entries()) {
    const command = commands[index];
    if (command && (status === 200 || status === 201)) command.acknowledged = { status, position };
  }
  return answers.map(({ status }) => status);
}

describe('a service killed with SIGKILL under load', () => {
  /** Every command sent so far, with its answer if there was one: the record of a careful client. */
  const journal: SentCommand[] = [];
  const log: StoredEvent[] = [];

  const readNewEvents = async () => {
    log.push(...(await readLog(store, log.length)));
  };

  it.each(Array.from({ length: ROUNDS }, (_, round) => round + 1))(
    'loses no acknowledged command and stores none twice, round %i',
    async (round) => {
      const load = startLoad(store.url, round);
      await load.acknowledged(200 + 211 * (round % 5));
      await store.stop('SIGKILL');
      await load.ended();
      journal.push(...load.sent);
      const unanswered = load.sent.filter(({ acknowledged }) => !acknowledged);
      expect(unanswered.length).toBeGreaterThan(0);

      await store.restart();
      await readNewEvents();
      expect(log[0]?.position).toBe(1);
      expect(audit(log, journal)).toEqual(NO_FAULTS);

      const answered = await retry(unanswered);
      expect(answered.filter((status) => status !== 200 && status !== 201)).toEqual([]);
      await readNewEvents();
      expect(audit(log, journal)).toEqual(NO_FAULTS);
      expect(storedKeys(log).size).toBe(journal.length);
    },
  );

  it('answers retries of acknowledged commands from their receipts', async () => {
    const before = log.length;
    const everySeventh = journal.filter((_, index) => index % 7 === 0);
    const answers = await resend(store.url, everySeventh);
    expect(answers).toEqual(everySeventh.map(({ acknowledged }) => acknowledged));
    await readNewEvents();
    expect(log).toHaveLength(before);
  });

  it('keeps profiles that count exactly the turns and sessions in the log', async () => {
    const users = Map.groupBy(log, ({ userId }) => userId);
    expect(users.size).toBe(5);
    for (const [userId, events] of users) {
      const count = (type: string) => events.filter((event) => event.type === type).length;
      expect((await store.user(userId).get<Profile>('/profile')).body).toMatchObject({
        totalMessages: count('turn.recorded'),
        totalConversations: count('session.started'),
      });
    }
  });
});
