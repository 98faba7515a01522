import { Refused } from '../../src/errors.js';
import type { TurnRecorded } from '../../src/events/conversation/turn-recorded.event.js';
import type { EmotionObserved } from '../../src/events/emotion/emotion-observed.event.js';
import { EventDecoder } from '../../src/events/log/event-decoder.js';
import { loadDeciders } from '../../src/modules/command-catalog.js';
import type { FindObservation, RetractingCommand } from '../../src/modules/retracting-command.js';
import { commandData } from '../../src/modules/store-command.js';
import { RetractionPlan } from '../../src/operations/retraction/retraction-plan.js';
import { overtaken } from '../../src/projections/folding/refolded-rows.js';
import type { StoreReader } from '../../src/projections/folding/store-reader.js';
import type { DatabaseAddress } from '../../src/store/database-address.js';
import { openStoreReader } from '../../src/store/open-store-reader.js';
import { withDecider } from '../../src/writer/deciding-writer.js';
import type { EventWriter } from '../../src/writer/event-writer.js';
import type { Written } from '../../src/writer/write-command.js';

const MAX_ATTEMPTS = 20;
const decoder = new EventDecoder();

/** Reads a database to plan retractions, one after another as the service does, over one connection. */
export class PlanReader {
  private reader: StoreReader | undefined;
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly address: DatabaseAddress) {}

  /** Runs the work when all that came before has ended. */
  next<T>(work: (reader: StoreReader) => Promise<T>): Promise<T> {
    const turn = this.last.then(() => work(this.connected));
    this.last = turn.catch(() => undefined);
    return turn;
  }

  get connected(): StoreReader {
    return (this.reader ??= openStoreReader(this.address));
  }

  async close(): Promise<void> {
    await this.last;
    await this.reader?.close();
    this.reader = undefined;
  }
}

/** The readers of the writers of tests: a retraction is worked out beside its writer. */
const readers = new WeakMap<EventWriter, PlanReader>();

/** Registers the reader of the writer's database. */
export function plansWith(writer: EventWriter, reader: PlanReader): EventWriter {
  readers.set(writer, reader);
  return writer;
}

function readerOf(writer: EventWriter): PlanReader {
  const reader = readers.get(writer);
  if (!reader) throw new Error('The database of the writer is not registered.');
  return reader;
}

/** Sends a command that takes events back as its handler does. */
export async function sendPlanned(writer: EventWriter, command: RetractingCommand): Promise<Written> {
  const deciders = await loadDeciders();
  for (let attempt = 1; ; attempt++) {
    const planned = await readerOf(writer).next(async (reader) => {
      const plan = await RetractionPlan.begin(reader, command.userId, await command.task(finding(reader)));
      return plan.advance(reader);
    });
    try {
      if (!planned) throw overtaken('other retractions');
      return await writer.write(withDecider(deciders, structuredClone(commandData(command.with(planned)))));
    } catch (error) {
      const isOvertaken = error instanceof Refused && error.code === 'retraction.overtaken';
      if (!isOvertaken || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}

/** Finds an observation as `UserLog` does. */
function finding(reader: StoreReader): FindObservation {
  return async (userId, id) => {
    const types = ['emotion.observed'];
    const events = await reader.events({ after: 0, userId, types, limit: 1_000 });
    const found = events.find(({ eventId, position }) => eventId === id || String(position) === id);
    // What was erased has no data.
    const observed = found && (decoder.data(found) as EmotionObserved | null);
    return observed ? { eventId: found.eventId, turnId: observed.turnId } : undefined;
  };
}

/** The inputs in which tests draw events by number, and the types of events that are drawn. */
const DRAWN = {
  eventIds: undefined,
  retractionId: ['events.retracted'],
  turnId: ['turn.recorded'],
  eventId: ['emotion.observed'],
};

/** `#last` becomes the position of the user's last event. */
async function withLast(writer: EventWriter, userId: string, input: object): Promise<object> {
  if ((input as { expectedPosition?: unknown }).expectedPosition !== '#last') return input;
  const [last] = await readerOf(writer).next((reader) =>
    reader.events({ after: 0, userId, limit: 1, newestFirst: true }),
  );
  return { ...input, expectedPosition: last?.position ?? 1 };
}

/** Tests draw events by number: `#3` becomes the id of one of the user's events, or of what it records. */
export async function withIds(writer: EventWriter, userId: string, input: object): Promise<object> {
  let known = await withLast(writer, userId, input);
  for (const [field, types] of Object.entries(DRAWN)) {
    const drawn = (input as Record<string, unknown>)[field];
    if (![drawn].flat().some((id) => typeof id === 'string' && id.startsWith('#'))) continue;
    const events = await readerOf(writer).next((reader) =>
      reader.events({ after: 0, userId, limit: 1_000, types }),
    );
    const idOf = (id: string): string => {
      const event = events[Number(id.slice(1)) % (events.length || 1)];
      if (!event) return 'none';
      if (field !== 'turnId') return event.eventId;
      return (decoder.data(event) as TurnRecorded | null)?.turnId ?? 'erased';
    };
    known = { ...known, [field]: Array.isArray(drawn) ? drawn.map(idOf) : idOf(drawn as string) };
  }
  return known;
}
