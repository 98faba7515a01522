import type { StoreEvent } from '../../events/event-catalog.js';
import { rowBytes } from '../../formats/row-format.js';
import type { StoreReader } from '../../projections/folding/store-reader.js';
import type { DatabaseAddress } from '../../store/database-address.js';
import { openScratchRows, removeScratchRows, type ScratchRows } from '../../store/open-scratch-rows.js';
import { readStore } from '../../store/open-store-reader.js';
import type { Progress } from '../job-context.js';
import { eventRows, type EventRange } from '../transfer/event-rows.js';
import { nameFiles, unwritableOutput, writePartial } from '../transfer/row-file.js';
import { columnsOfRows, keyedRows } from './fold-rows.js';
import { LOADING, FoldWatch } from './fold-watch.js';
import { FoldedKeys } from './folded-keys.js';
import { loadFold, type LoadedFold } from './load-fold.js';
import { formatOf, stateFile } from './output-file.js';
import { failedAt, otherReplay, thrownAt } from './replay-errors.js';

/** Events folded between two saves, */
const EVENTS_PER_SAVE = 1_000;
/** and the time after which fewer are saved, ms. */
const SAVE_MS = 1_000;
/** Rows that one event may change. */
const MAX_KEYS = 10_000;

/** The input of `replayFold`. */
export interface FoldReplay {
  address: DatabaseAddress;
  /** The fold file. */
  file: string;
  /** Up to the present end of the log if `upTo` is left out. */
  range: Omit<EventRange, 'after' | 'upTo' | 'limit'> & { upTo?: number | undefined };
  /** Where the rows go; its extension determines the format. */
  out: string;
  /** Continues from the saved state, if there is any. */
  resume: boolean;
  watch: SharedArrayBuffer;
}

export interface FoldReport {
  fold: string;
  rows: number;
  events: number;
  /** Events folded by an interrupted run before. */
  resumed: number;
  /** Position of the log up to which everything that matches was folded. */
  position: number;
  ms: number;
}

/**
 * Folds a part of the log with the fold of a file, and writes its rows in the order of their keys. Killed at
 * any time, it can be resumed; a fold that does something wrong leaves no state. Throws InvalidInput for what
 * is wrong with the fold, and Refused if the saved state belongs to another replay.
 */
export async function runFold(input: FoldReplay, progress: Progress): Promise<FoldReport> {
  const started = performance.now();
  const watch = new FoldWatch(input.watch);
  watch.enter(LOADING);
  const fold = await loadFold(input.file);
  watch.leave();
  return readStore(input.address, async (reader) => {
    const state = openState(input);
    try {
      const begun = await beginning(reader, { ...input, fold }, state);
      const run = new FoldRun(fold, state, watch);
      const done = await run.fold(reader, begun, progress);
      const rows = await writeRows(input.out, fold, { state, position: begun.range.upTo });
      state.close();
      removeScratchRows(stateFile(input.out));
      const { events } = done;
      const ms = Math.round(performance.now() - started);
      return {
        fold: fold.definition.name,
        rows,
        events,
        resumed: begun.events,
        position: begun.range.upTo,
        ms,
      };
    } catch (error) {
      state.close();
      throw error;
    }
  });
}

function openState({ out, resume }: FoldReplay): ScratchRows {
  try {
    return openScratchRows(stateFile(out), { isNew: !resume });
  } catch (cause) {
    throw unwritableOutput(out, cause);
  }
}

/** Where a replay begins: at its first event, or where an interrupted run has saved its state. */
interface Beginning {
  range: EventRange;
  events: number;
}

/** What a saved state must have in common with the replay that continues it. */
const SAME = {
  hash: 'the fold file has changed',
  storeId: 'it is of another store',
  query: 'it has other filters',
};

async function beginning(
  reader: StoreReader,
  { range, out, fold }: FoldReplay & { fold: LoadedFold },
  state: ScratchRows,
): Promise<Beginning> {
  const { position: head } = await reader.head();
  const { upTo = head, ...filter } = range;
  const same = { hash: fold.hash, storeId: await reader.storeId(), query: JSON.stringify(range) };
  const saved = state.notes();
  if (saved.position === undefined) {
    state.save(new Map(), { ...same, upTo: String(upTo), position: '0', events: '0', eventId: '' });
    return { range: { ...filter, after: 0, upTo }, events: 0 };
  }
  for (const [name, why] of Object.entries(SAME))
    if (saved[name] !== same[name as keyof typeof same]) throw otherReplay(stateFile(out), why);
  const after = Number(saved.position);
  const [event] = after === 0 ? [] : await reader.events({ after: after - 1, limit: 1 });
  if (after > 0 && event?.eventId !== saved.eventId)
    throw otherReplay(stateFile(out), `the store has another event at position ${after}`);
  return { range: { ...filter, after, upTo: Number(saved.upTo) }, events: Number(saved.events) };
}

class FoldRun {
  private readonly rows: FoldedKeys;

  constructor(
    private readonly loaded: LoadedFold,
    private readonly state: ScratchRows,
    private readonly watch: FoldWatch,
  ) {
    this.rows = new FoldedKeys(loaded.definition.name, state);
  }

  async fold(
    reader: StoreReader,
    { range, events }: Beginning,
    progress: Progress,
  ): Promise<{ events: number }> {
    let count = events;
    let last: StoreEvent | undefined;
    let savedAt = performance.now();
    for await (const event of eventRows(reader, { ...range, retractedAsOf: range.upTo })) {
      // What was taken back by then is left out, as it is by the folds of the service.
      if (!event.retraction) this.foldEvent(event);
      last = event;
      if (++count % EVENTS_PER_SAVE !== 0 && performance.now() - savedAt < SAVE_MS) continue;
      this.save(event, count);
      savedAt = performance.now();
      progress(event.position, range.upTo);
    }
    if (last) this.save(last, count);
    progress(range.upTo, range.upTo);
    return { events: count };
  }

  private save({ position, eventId }: StoreEvent, events: number): void {
    this.rows.save({ position: String(position), eventId, events: String(events) });
  }

  private foldEvent(event: StoreEvent): void {
    const { definition } = this.loaded;
    this.watch.enter(event.position);
    for (const key of this.keysOf(event)) {
      const before = this.rows.get(key);
      const row = called(definition.name, event, () => definition.fold(before, event, key));
      if (row === undefined && before === undefined) continue;
      this.rows.set(key, this.checkedRow(row, event));
    }
    this.watch.leave();
  }

  private keysOf(event: StoreEvent): readonly string[] {
    const { definition } = this.loaded;
    const { name } = definition;
    const keys: unknown = called(name, event, () => definition.key(event));
    if (keys === undefined) return [];
    const all: readonly unknown[] = Array.isArray(keys) ? keys : [keys];
    if (all.length > MAX_KEYS) throw failedAt(name, event, `has ${all.length} keys, more than ${MAX_KEYS},`);
    if (all.every((each): each is string => typeof each === 'string')) return [...new Set(all)];
    throw failedAt(name, event, `has the key ${described(keys)}, not a text, texts or undefined,`);
  }

  private checkedRow(row: unknown, event: StoreEvent): object | undefined {
    if (row === undefined) return undefined;
    if (typeof row === 'object' && row !== null && !Array.isArray(row) && !(row instanceof Promise))
      return row;
    const what = `returned ${described(row)}, not an object or undefined,`;
    throw failedAt(this.loaded.definition.name, event, what);
  }
}

function called<T>(fold: string, event: StoreEvent, call: () => T): T {
  try {
    return call();
  } catch (cause) {
    throw thrownAt(fold, event, cause);
  }
}

function described(value: unknown): string {
  if (value instanceof Promise) return 'a promise (it must be synchronous)';
  return JSON.stringify(value)?.slice(0, 100) ?? typeof value;
}

async function writeRows(
  out: string,
  { definition }: LoadedFold,
  { state, position }: { state: ScratchRows; position: number },
): Promise<number> {
  const columns = columnsOfRows(definition, state.all());
  const { storeId = '' } = state.notes();
  const about = { storeId, position: String(position), fold: definition.name };
  const rows = keyedRows(definition.name, state.all());
  await nameFiles([await writePartial(out, rowBytes(formatOf(out), columns, rows, about))]);
  return state.count();
}
