import { openStoreReader } from '../../src/store/open-store-reader.js';
import type { EventWriter } from '../../src/writer/event-writer.js';
import { allEvents } from './appends.js';
import { liveFolds } from './folds.js';
import { visibleRows } from './refolded.js';
import { send, type SentCommand } from './sent-commands.js';
import type { TestDatabase } from './test-database.js';
import { exportText } from './transfer.js';

/** Words that nothing but ada's data has. */
export const SECRET = 'xyzzyplugh';

/** Commands about ada, and the same about bob. */
export const SENT: SentCommand[] = ['ada', 'bob'].flatMap((userId): SentCommand[] => {
  const word = userId === 'ada' ? SECRET : 'harbour';
  return [
    {
      name: 'RecordTurn',
      userId,
      input: { sessionId: 's', userMessage: word, assistantMessage: word },
      key: 't',
    },
    { name: 'ChangeProfile', userId, input: { name: word }, key: 'p' },
    { name: 'FormMemory', userId, input: { type: 'fact', content: word, memoryId: 'm' }, key: 'm' },
    { name: 'ReviseMemory', userId, input: { memoryId: 'm', content: `${word} ${word}` }, key: 'r' },
    { name: 'ObserveEmotion', userId, input: { emotion: word, intensity: 0.5 }, key: 'e' },
    // Changes nothing, and answers with the whole profile.
    { name: 'ChangeProfile', userId, input: { name: word }, key: 'again' },
  ];
});

/** Sends them. */
export async function sent(db: TestDatabase, writer = db.writer(liveFolds())): Promise<EventWriter> {
  for (const command of SENT) await send(writer, command);
  return writer;
}

/** Which readers of the store find words of ada. */
export async function findings(db: TestDatabase): Promise<string[]> {
  const reader = openStoreReader(db.address);
  try {
    const types = ['turn.recorded', 'memory.formed', 'memory.revised', 'profile.changed', 'emotion.observed'];
    const read = {
      log: await allEvents(db.log),
      byUser: await reader.eventsByUser({ userId: '', position: 0 }, 1_000),
      ofUser: await reader.eventsOfUser({ userId: 'ada', after: 0, upTo: 1_000, types, limit: 1_000 }),
      rows: await visibleRows(db),
      lines: await exportText(db),
    };
    return Object.entries(read).flatMap(([name, all]) =>
      JSON.stringify(all).includes(SECRET) ? [name] : [],
    );
  } finally {
    await reader.close();
  }
}
