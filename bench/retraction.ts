import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Table from 'cli-table3';
import type * as opened from '../src/database/sqlite/open-sqlite.ts';
import type * as catalog from '../src/events/event-catalog.ts';
import type * as codec from '../src/events/log/event-codec.ts';
import type * as decoders from '../src/events/log/event-decoder.ts';
import type { EventLog } from '../src/events/log/event-log.ts';
import type * as eventLog from '../src/events/log/sqlite-event-log.ts';
import type * as commands from '../src/modules/command-catalog.ts';
import type * as retract from '../src/modules/retraction/commands/retract-events.command.ts';
import type * as storeCommand from '../src/modules/store-command.ts';
import type * as threads from '../src/operations/rebuild/fold-ranges.ts';
import type * as rebuilding from '../src/operations/rebuild/rebuild.ts';
import type { PlannedRetraction } from '../src/operations/retraction/planned-retraction.ts';
import type * as plans from '../src/operations/retraction/retraction-plan.ts';
import type * as catching from '../src/projections/folding/catch-up.ts';
import type { BatchFolds, EventFolds } from '../src/projections/folding/event-folds.ts';
import type * as liveFolds from '../src/projections/folding/live-folds.ts';
import type { StoreReader } from '../src/projections/folding/store-reader.ts';
import type * as projections from '../src/projections/projection-catalog.ts';
import type * as rebuilt from '../src/store/open-rebuild.ts';
import type * as reader from '../src/store/open-store-reader.ts';
import type * as migrations from '../src/store/run-migrations.ts';
import type * as deciding from '../src/writer/deciding-writer.ts';
import type * as writers from '../src/writer/event-writer.ts';

const { openForWriting } = await built<typeof opened>('database/sqlite/open-sqlite.js');
const { EventCatalog } = await built<typeof catalog>('events/event-catalog.js');
const { jsonCodec } = await built<typeof codec>('events/log/event-codec.js');
const { EventDecoder } = await built<typeof decoders>('events/log/event-decoder.js');
const { SqliteEventLog } = await built<typeof eventLog>('events/log/sqlite-event-log.js');
const { loadDeciders } = await built<typeof commands>('modules/command-catalog.js');
const { RetractEvents } = await built<typeof retract>(
  'modules/retraction/commands/retract-events.command.js',
);
const { commandData } = await built<typeof storeCommand>('modules/store-command.js');
const { foldInThreads } = await built<typeof threads>('operations/rebuild/fold-ranges.js');
const { rebuild } = await built<typeof rebuilding>('operations/rebuild/rebuild.js');
const { RetractionPlan } = await built<typeof plans>('operations/retraction/retraction-plan.js');
const { catchUp } = await built<typeof catching>('projections/folding/catch-up.js');
const { LiveFolds } = await built<typeof liveFolds>('projections/folding/live-folds.js');
const { PROJECTIONS } = await built<typeof projections>('projections/projection-catalog.js');
const { openStoreForRebuild } = await built<typeof rebuilt>('store/open-rebuild.js');
const { runMigrations } = await built<typeof migrations>('store/run-migrations.js');
const { readStore } = await built<typeof reader>('store/open-store-reader.js');
const { withDecider } = await built<typeof deciding>('writer/deciding-writer.js');
const { EventWriter } = await built<typeof writers>('writer/event-writer.js');

// `npm run bench:retraction -- [turns of the user]` prints what a retraction costs beside the writer, in processor
// time of one thread, and how long it holds the writer; then the write transactions of a catch-up and of a rebuild
// that meet one.
const TURNS = Number(process.argv[2] ?? 33_000);
const folder = await mkdtemp(join(tmpdir(), 'edgesoul-bench-'));
const address = { file: join(folder, 'edgesoul.db') };
await runMigrations(address);
const db = openForWriting(address.file);
const deciders = await loadDeciders();
const folds = new LiveFolds(PROJECTIONS);
const parts = { catalog: new EventCatalog(), codec: jsonCodec, folds, clock: Date.now };
const log = new SqliteEventLog(db);
const writer = new EventWriter(log, parts);
const context = { actor: 'bench' };

/** Times the transactions of a log, from begin to commit. */
class TimedLog {
  readonly held: number[] = [];
  readonly log: EventLog;

  constructor(of: EventLog) {
    const transaction: EventLog['transaction'] = async (work) => {
      const began = performance.now();
      try {
        return await of.transaction(work);
      } finally {
        this.held.push(performance.now() - began);
      }
    };
    this.log = Object.create(of, { transaction: { value: transaction } }) as EventLog;
  }

  figures(): [number, string, string] {
    const all = this.held.reduce((sum, ms) => sum + ms, 0);
    return [this.held.length, `${Math.max(...this.held).toFixed(0)} ms`, `${all.toFixed(0)} ms`];
  }
}

const noFolds: BatchFolds = {
  isBehind: false,
  fold: () => undefined,
  replace: () => undefined,
  checkpoint: () => undefined,
  visibleRows: (rows) => rows,
};
let held = 0;
writer.onCommit(({ ms }) => (held = ms));
await fill();
const table = new Table({
  head: ['taken back', 'events', 'rows', 'processor time beside the writer', 'writer held'],
  style: { head: [], border: [] },
});
const first = await eventIdAt(2);
await measure('the first turn', { eventIds: [first] });
await measure('one session of 330 turns', { sessionId: 's7' });
await measure('one session more', { sessionId: 's8' });
process.stdout.write(
  `${table.toString()}\nan ordinary batch of 256 turns: ${(await batch()).toFixed(1)} ms\n`,
);
const meeting = new Table({
  head: ['met by', 'taken back', 'write transactions', 'longest', 'all'],
  style: { head: [], border: [] },
});
await meetInCatchUp('the first turn', { eventIds: [await eventIdAt(20)] });
await meetInCatchUp('one session', { sessionId: 's9' });
await meetInRebuild('one session', { sessionId: 's10' });
const { position: head } = await log.head();
process.stdout.write(`${meeting.toString()}\nevents of the user: ${head}\n`);
db.close();
await rm(folder, { recursive: true });

function turnOf(i: number): ReturnType<typeof withDecider> {
  return withDecider(deciders, {
    name: 'RecordTurn',
    userId: 'ada',
    actor: 'bench',
    input: {
      turnId: `t${i}`,
      sessionId: `s${i % 100}`,
      userMessage: `What I did on day ${i}: walked to the harbour, read a book, and called my sister.`,
      assistantMessage: 'That sounds like a good day.',
      emotion: { label: i % 3 === 0 ? 'joy' : 'calm', intensity: (i % 10) / 10 },
      topics: [`topic ${i % 40}`],
    },
  });
}

async function fill(): Promise<void> {
  for (let i = 0; i < TURNS; i += 256) {
    const many = Array.from({ length: Math.min(256, TURNS - i) }, (_, j) => writer.write(turnOf(i + j)));
    const memories = Array.from({ length: 64 }, (_, j) =>
      writer.write(
        withDecider(deciders, {
          name: 'FormMemory',
          userId: 'ada',
          actor: 'bench',
          input: { memoryId: `m${i + j}`, type: 'fact', content: `The ${i + j}th thing to know.` },
        }),
      ),
    );
    await Promise.all([...many, ...memories]);
  }
}

async function batch(): Promise<number> {
  await Promise.all(Array.from({ length: 256 }, (_, i) => writer.write(turnOf(1_000_000 + i))));
  return held;
}

function eventIdAt(position: number): Promise<string> {
  return readStore(address, async (from) => {
    const [event] = await from.events({ after: position - 1, types: ['turn.recorded'], limit: 1 });
    return event?.eventId ?? '';
  });
}

async function measure(what: string, selection: object): Promise<void> {
  await readStore(address, async (from) => {
    const before = process.cpuUsage();
    const planned = await planOf(from, selection);
    const { user, system } = process.cpuUsage(before);
    await send(writer, selection, planned);
    const ms = `${((user + system) / 1_000).toFixed(0)} ms`;
    table.push([what, planned.events.length, planned.refolded.rows.length, ms, `${held.toFixed(1)} ms`]);
  });
}

async function planOf(from: StoreReader, selection: object): Promise<PlannedRetraction> {
  const plan = await RetractionPlan.begin(from, 'ada', { retract: selection });
  const planned = await plan.advance(from);
  if (!planned) throw new Error('Nothing was worked out.');
  return planned;
}

async function send(to: writers.EventWriter, selection: object, planned: PlannedRetraction): Promise<void> {
  const command = new RetractEvents('ada', selection, context).with(planned);
  await to.write(withDecider(deciders, commandData(command)));
}

/** As after a process that appends without folding. */
async function meetInCatchUp(what: string, selection: object): Promise<void> {
  await readStore(address, async (from) => {
    const notFolding: EventFolds = { forBatch: () => noFolds, catchUpInline: async () => false };
    await send(
      new EventWriter(log, { ...parts, folds: notFolding }),
      selection,
      await planOf(from, selection),
    );
    const timed = new TimedLog(log);
    await catchUp(
      { log: timed.log, reader: from, decoder: new EventDecoder(), skips: new Set() },
      PROJECTIONS,
    );
    meeting.push(['a catch-up', what, ...timed.figures()]);
  });
}

/** The retraction comes when the shadow tables are filled. */
async function meetInRebuild(what: string, selection: object): Promise<void> {
  const store = await openStoreForRebuild(address);
  const timed = new TimedLog(store.log);
  const foldAll = foldInThreads(store, PROJECTIONS);
  await rebuild({
    ...store,
    log: timed.log,
    decoder: new EventDecoder(),
    projections: PROJECTIONS,
    clock: Date.now,
    foldRanges: async (compared, progress) => {
      const ranges = await foldAll(compared, progress);
      await readStore(address, async (from) => send(writer, selection, await planOf(from, selection)));
      timed.held.length = 0;
      return ranges;
    },
  });
  await store.close();
  meeting.push(['a rebuild', what, ...timed.figures()]);
}

function built<T>(path: string): Promise<T> {
  return import(new URL(`../dist/src/${path}`, import.meta.url).href) as Promise<T>;
}
