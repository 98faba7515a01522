import { jest } from '@jest/globals';
import { Client, type QueryConfig } from 'pg';
import { openPool } from '../../src/database/postgresql/open-postgresql.js';
import { EventCatalog } from '../../src/events/event-catalog.js';
import { jsonCodec } from '../../src/events/log/event-codec.js';
import { PostgresqlEventLog } from '../../src/events/log/postgresql-event-log.js';
import { DEFAULT_LIMITS, EventWriter } from '../../src/writer/event-writer.js';
import { liveFolds } from '../support/folds.js';
import { dropDatabase, migratedDatabase } from '../support/postgresql-databases.js';
import { send, type SentCommand } from '../support/sent-commands.js';

const USERS = Array.from({ length: 40 }, (_, i) => `user-${i}`);

const turn = (userId: string, i: number): SentCommand => ({
  name: 'RecordTurn',
  userId,
  key: `turn-${i}-${userId}`,
  input: {
    sessionId: 's1',
    userMessage: 'Hi',
    assistantMessage: 'Hello',
    topics: ['boats'],
    emotion: { label: 'joy', intensity: 0.5, triggers: ['boats'] },
  },
});

const memory = (userId: string, i: number): SentCommand => ({
  name: 'FormMemory',
  userId,
  key: `memory-${i}-${userId}`,
  input: { memoryId: `m-${i}-${userId}`, type: 'fact', content: 'Her boat lies in the harbour.' },
});

describe('the statements of a batch on PostgreSQL', () => {
  let url: string;
  let close: () => Promise<void>;
  let writer: EventWriter;

  beforeAll(async () => {
    url = await migratedDatabase();
    const pool = openPool(url, 2, { pipeline: true });
    close = () => pool.end();
    const parts = { catalog: new EventCatalog(), codec: jsonCodec, folds: liveFolds(), clock: Date.now };
    // The size of a batch must not depend on the speed of the machine.
    const limits = { ...DEFAULT_LIMITS, batchMs: 60_000 };
    writer = new EventWriter(new PostgresqlEventLog(pool), parts, limits);
  });

  afterAll(async () => {
    await close();
    await dropDatabase(url);
  });

  async function statementsFor(commands: readonly SentCommand[]): Promise<(string | QueryConfig)[]> {
    const query = jest.spyOn(Client.prototype, 'query');
    try {
      await Promise.all(commands.map((command) => send(writer, command)));
      return query.mock.calls.map(([statement]) => statement as unknown as string | QueryConfig);
    } finally {
      query.mockRestore();
    }
  }

  const commandsOf = (make: typeof turn, users: readonly string[], i: number) =>
    users.flatMap((userId) => [turn(userId, i), make(userId, i)].slice(make === turn ? 1 : 0));

  it.each([
    ['turns', turn],
    ['turns and memories', memory],
  ] as const)('are as many for one user as for forty: %s', async (_, make) => {
    // The first batch looks for rows that do not exist; the later ones find theirs.
    await statementsFor(commandsOf(make, USERS, 0));
    const one = await statementsFor(commandsOf(make, USERS.slice(0, 1), 1));
    const forty = await statementsFor(commandsOf(make, USERS, 2));

    expect(forty.length).toBe(one.length);
    expect(forty.length).toBeLessThan(40);
  });

  it('are prepared once per connection, except begin and commit', async () => {
    const statements = await statementsFor(commandsOf(turn, USERS, 3));

    const unnamed = statements.filter((each) => typeof each === 'string' || each.name === undefined);
    expect(unnamed).toEqual([expect.stringMatching(/^begin /), 'commit']);
  });
});
