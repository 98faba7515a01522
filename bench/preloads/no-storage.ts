// Loaded before the service's main: replaces the writers by ones that answer at once.
import type { CommandWriter } from '../../src/writer/command-writer.ts';

const ANSWER = JSON.stringify({
  turnId: '0197c3f0-0000-7000-8000-000000000000',
  sessionId: 'session-1',
  position: 123_456,
  events: [
    { position: 123_455, type: 'turn.recorded', streamId: 'conversation:user-0001/session-1', version: 12 },
    { position: 123_456, type: 'emotion.observed', streamId: 'emotion:user-0001', version: 34 },
  ],
});

const WRITERS = { SqliteWriter: 'writer/sqlite-writer.js', DecidingWriter: 'writer/deciding-writer.js' };
for (const [name, file] of Object.entries(WRITERS)) {
  const built = new URL(`../../dist/src/${file}`, import.meta.url).href;
  const exported = (await import(built)) as Record<string, { prototype: CommandWriter }>;
  exported[name]!.prototype.write = async () => ({ status: 201, body: ANSWER, replayed: false });
}
