// This service's own write path without HTTP: its store and its commands, with one command in flight per
// writer.
import { randomUUID } from 'node:crypto';
import type { CommandContext } from '../../src/writer/write-command.ts';
import { CommandMaker } from '../bodies.ts';
import { Tally, answerTask, type PeerResult, type PeerTask } from './peer.ts';

type Opened = typeof import('../../src/store/open-store.ts');
type Catalog = typeof import('../../src/modules/command-catalog.ts');
type Commands = typeof import('../../src/modules/store-command.ts');

async function run(task: PeerTask): Promise<PeerResult> {
  const { openStore } = await importBuilt<Opened>('store/open-store.js');
  const { COMMANDS, loadDeciders } = await importBuilt<Catalog>('modules/command-catalog.js');
  const { commandData } = await importBuilt<Commands>('modules/store-command.js');
  const store = await openStore({ databaseUrl: undefined, dataDir: task.folder }, loadDeciders);
  const maker = new CommandMaker(1);
  const pool = Array.from({ length: 4_000 }, () => {
    const { command: name, userId, ...input } = maker.mixed();
    const { command } = COMMANDS.find((declared) => declared.command.name === name)!;
    return { command, userId, input: input as never };
  });
  let sent = 0;
  const tally = new Tally(task);
  const writer = async () => {
    while (tally.running()) {
      const { command, userId, input } = pool[sent++ % pool.length]!;
      const context: CommandContext = { actor: 'bench', idempotencyKey: randomUUID() };
      await store.writer.write(commandData(new command(userId, input, context)));
      tally.commands++;
    }
  };
  await Promise.all(Array.from({ length: task.writers }, writer));
  const result = tally.result();
  const { head: position } = await store.reads.storeHead();
  await store.close();
  // The tally counts commands only; the head of the log gives the mean number of events per command.
  const events = Math.round(result.commands * (position / tally.commands));
  const note =
    'with receipts, hash chain and full-text index; it makes a few more events of the same commands';
  return { ...result, events, durability: 'WAL FULL', note };
}

function importBuilt<T>(path: string): Promise<T> {
  return import(new URL(`../../dist/src/${path}`, import.meta.url).href) as Promise<T>;
}

answerTask(run);
