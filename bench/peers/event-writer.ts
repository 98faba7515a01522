// This service's own write path without HTTP: its store, its command handlers, 64 commands waiting at any time.
import type { CommandContext, Written } from '../../src/writer/write-command.ts';
import { CommandMaker } from '../bodies.ts';
import { Tally, answerTask, type PeerResult, type PeerTask } from './peer.ts';

type Handler = { execute(command: object): Promise<Written> };
type HandlerClass = new (writer: object) => Handler;
type Opened = typeof import('../../src/store/open-store.ts');
type Commands = typeof import('../../src/modules/store-command.ts');

const HANDLERS = {
  RecordTurn: 'conversation/commands/record-turn.command.js',
  ObserveEmotion: 'emotion/commands/observe-emotion.command.js',
  FormMemory: 'memory/commands/form-memory.command.js',
  ChangeProfile: 'profile/commands/change-profile.command.js',
} as const;

async function run(task: PeerTask): Promise<PeerResult> {
  const { openStore } = await built<Opened>('store/open-store.js');
  const { namedCommand } = await built<Commands>('modules/store-command.js');
  const store = await openStore({ databaseUrl: undefined, dataDir: task.folder });
  const handlers = new Map<string, Handler>();
  for (const [name, path] of Object.entries(HANDLERS)) {
    const exported = await built<Record<string, HandlerClass>>(`modules/${path}`);
    handlers.set(name, new exported[`${name}Handler`]!(store.writer));
  }
  const maker = new CommandMaker(1);
  const pool = Array.from({ length: 4_000 }, () => {
    const { command: name, userId, ...input } = maker.mixed();
    return { handler: handlers.get(name)!, make: namedCommand(name)!.make, userId, input };
  });
  let sent = 0;
  const tally = new Tally(task);
  const writer = async () => {
    while (tally.running()) {
      const { handler, make, userId, input } = pool[sent % pool.length]!;
      const context: CommandContext = { actor: 'bench', idempotencyKey: `bench-${sent++}` };
      await handler.execute(make(userId, input, context));
      tally.commands++;
    }
  };
  await Promise.all(Array.from({ length: task.writers }, writer));
  const result = tally.result();
  const position = await store.reads.headPosition();
  await store.close();
  // All commands make about the same number of events; the log itself says how many.
  const events = Math.round(result.commands * (position / tally.commands));
  const note =
    'with receipts, hash chain and full-text index; it makes a few more events of the same commands';
  return { ...result, events, durability: 'WAL FULL', note };
}

function built<T>(path: string): Promise<T> {
  return import(new URL(`../../dist/src/${path}`, import.meta.url).href) as Promise<T>;
}

answerTask(run);
