import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import Database from 'better-sqlite3';
import { pythonPath } from '../python.mjs';
import type { StoredEvent } from '../support/answers.js';
import { LossyProxy } from '../support/lossy-proxy.js';
import { Store } from '../support/store.js';

const FOLDER = join(import.meta.dirname, '../../examples/chat-loop');
const run = promisify(execFile);

interface Script {
  sessions: { id: string; messages: { text: string; reply: string }[] }[];
}

const PROGRAMS: Record<string, readonly string[]> = {
  typescript: [process.execPath, join(FOLDER, 'chat-loop.ts')],
};
const python = pythonPath();
if (python !== undefined) PROGRAMS['python'] = [python, join(FOLDER, 'chat_loop.py')];

let store: Store;
let proxy: LossyProxy;
let script: Script;
/** What each program printed. */
const printed: Record<string, string> = {};

async function chat(language: string): Promise<string> {
  const [command = '', ...args] = PROGRAMS[language] ?? [];
  const { stdout, stderr } = await run(command, [...args, language, proxy.url]);
  expect(stderr).toBe('');
  return stdout;
}

/** The events of a user without what every user has of its own. */
async function happened(language: string): Promise<[string, unknown][]> {
  const own = /^(?:turnId|receiptId|eventId|memories)$/;
  const events = await store.user(language).events();
  return events.map(({ type, data }) => [
    type,
    Object.fromEntries(Object.entries(data as object).filter(([name]) => !own.test(name))),
  ]);
}

const ofType = (events: readonly StoredEvent[], type: string) =>
  events.filter((event) => event.type === type);

// All programs begin while another program has locked the database, and lose the first answer to every
// command.
beforeAll(async () => {
  script = JSON.parse(await readFile(join(FOLDER, 'conversation.json'), 'utf8')) as Script;
  store = await Store.start();
  proxy = await LossyProxy.start(() => store.url);
  const other = new Database(join(store.dataDir, 'edgesoul.db'));
  other.exec('begin immediate');
  const unlock = async () => {
    await proxy.refused;
    other.close();
  };
  const chats = Object.keys(PROGRAMS).map(async (language) => (printed[language] = await chat(language)));
  await Promise.all([...chats, unlock()]);
});

afterAll(async () => {
  proxy?.stop();
  await store?.remove();
});

describe('the chat loop in examples/', () => {
  it('records every turn once, though the service was not available and answers were lost', async () => {
    expect(proxy.lost).toBeGreaterThan(10);
    const events = await store.user('typescript').events();
    const turns = ofType(events, 'turn.recorded').map(({ data }) => data);
    expect(turns).toMatchObject(
      script.sessions.flatMap(({ id: sessionId, messages }) =>
        messages.map(({ text, reply }) => ({ sessionId, userMessage: text, assistantMessage: reply })),
      ),
    );
    expect(new Set(events.map(({ type }) => type))).toEqual(
      new Set([
        'user.registered',
        'profile.changed',
        'session.started',
        'turn.recorded',
        'emotion.observed',
        'preference.learned',
        'context.used',
        'memory.formed',
        'memory.recalled',
        'session.ended',
      ]),
    );
    expect(ofType(events, 'memory.formed')).toHaveLength(2);
    expect(ofType(events, 'session.ended')).toHaveLength(2);
  });

  it('puts before the model what it was told, and says for which turn', async () => {
    const user = store.user('typescript');
    const [turn] = ofType(await user.events(), 'turn.recorded').slice(-1);
    const { items } = (await user.get<{ items: object[] }>('/memories/new-job/uses')).body;
    expect(items[0]).toMatchObject({ turnId: turn?.data['turnId'] });
    const { receiptId } = items[0] as { receiptId: string };
    const context = (await store.get<{ text: string }>(`/v1/receipts/${receiptId}`)).body.text;
    for (const known of [
      'You are talking with Mira.',
      'Interests of Mira: sailing.',
      'answer at a moderate length',
      '- 30 March 2026: Mira got a new job as a nurse',
      'strong joy on 30 March 2026, clear fear on 8 April 2026',
    ])
      expect(context).toContain(known);
    expect((await user.get('/memories/new-job')).body).toMatchObject({ recallCount: 1 });
  });

  it('prints what is said, and what the reply was given', () => {
    const lines = printed['typescript']?.split('\n') ?? [];
    const said = script.sessions.flatMap(({ messages }) =>
      messages.flatMap(({ text, reply }) => [`> ${text}`, reply]),
    );
    expect(lines.filter((line) => said.includes(line))).toEqual(said);
    expect(lines.filter((line) => /^ {2}\[\d+ tokens of context, [0-9a-f]{64}\]$/.test(line))).toHaveLength(
      4,
    );
  });

  const inPython = python === undefined ? describe.skip : describe;
  inPython('in Python (left out where there is no python3)', () => {
    it('does the same as in TypeScript, down to the bytes of each context', async () => {
      expect(printed['python']).toBe(printed['typescript']);
      expect(await happened('python')).toEqual(await happened('typescript'));
    });
  });

  it.each(Object.keys(PROGRAMS))(
    'may be run again in %s: a turn and a memory that were recorded stay one',
    async (language) => {
      const before = await happened(language);
      await chat(language);
      const again = await happened(language);
      expect(again.slice(before.length).map(([type]) => type)).toEqual(
        again.slice(before.length).map(() => 'context.used'),
      );
    },
  );
});
