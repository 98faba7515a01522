import { PoisonEvent } from '../../errors.js';
import type { StoreEvent } from '../../events/event-catalog.js';
import { EventDecoder } from '../../events/log/event-decoder.js';
import type { StoredEvent } from '../../events/log/event-log.js';
import { isErased } from '../../events/log/event-seal.js';
import { changesThePast } from '../../events/log/record-effects.js';
import type { RetractionRow } from '../../events/log/retraction/retraction-tables.js';
import { allCheckpoints, readSkips, skipId, statusOf } from '../../projections/folding/checkpoints.js';
import { pagesOfUser } from '../../projections/folding/compare-rows.js';
import { FoldedRows } from '../../projections/folding/folded-rows.js';
import { ProjectionFolds } from '../../projections/folding/projection-folds.js';
import type { StoreReader } from '../../projections/folding/store-reader.js';
import { memoriesTable } from '../../projections/memory-index.projection.js';
import { PROJECTIONS } from '../../projections/projection-catalog.js';
import type { Projection } from '../../projections/projection.js';
import { CausedEvents } from './caused-events.js';
import type { ChangedRow, Original, PlannedRetraction, RetractionTask } from './planned-retraction.js';
import { countByTable, Differences, refoldedRow } from './row-changes.js';
import { readStanding, type Standing } from './standing.js';

const EVENTS_PER_PAGE = 1_000;
/** Rows that are shown with their values before and after. */
const MAX_SHOWN_ROWS = 100;

/** A projection that is folded again, until an event stops it. */
interface Target {
  projection: Projection;
  folds: ProjectionFolds;
  isStopped: boolean;
}

/**
 * Folds all events of a user again, without those that are to be taken back, and compares the rows with the
 * live ones. It can be continued: then only what was appended since is read and folded.
 */
export class RetractionPlan {
  private readonly rows = new FoldedRows();
  private readonly decoder = new EventDecoder();
  private readonly caused: CausedEvents;
  private readonly events: { eventId: string; position: number }[] = [];
  private readonly targets: Target[];
  /** Version of the last event of each memory that loses or gets back events, by the memory's id. */
  private readonly touched = new Map<string, number>();
  private readonly memoryVersions = new Map<string, number>();
  private readonly originals: Original[] = [];
  private readonly takenBack: PlannedRetraction['takenBack'] = {};
  private readonly memoriesGone: string[] = [];
  private readonly replacedBy: string[] = [];
  private changed = 0;
  private lastPosition = 0;
  private readonly erases: boolean;
  /** Whether the data of an event is erased that the retraction took back which is to be undone. */
  private undoesErased = false;

  private constructor(
    private readonly userId: string,
    private readonly task: RetractionTask,
    private readonly standing: Standing,
    private readonly skips: ReadonlySet<string>,
  ) {
    this.caused = new CausedEvents('retract' in task ? task.retract : {});
    this.erases = 'retract' in task && task.erases === true;
    // Rows that keep what is taken back do not change, unless its data is erased.
    const changing = PROJECTIONS.filter(({ folds, retracted }) => this.erases || folds !== retracted);
    this.targets = changing.map((projection) => ({
      projection,
      folds: new ProjectionFolds([projection], { skips }),
      isStopped: false,
    }));
  }

  static async begin(reader: StoreReader, userId: string, task: RetractionTask): Promise<RetractionPlan> {
    const standing = await reader.snapshot(() => readStanding(reader, userId));
    return new RetractionPlan(userId, task, standing, await readSkips(reader));
  }

  /**
   * Goes on up to the present end of the log. Returns undefined if events were taken back or restored
   * meanwhile, so that another plan is needed.
   */
  async advance(reader: StoreReader): Promise<PlannedRetraction | undefined> {
    if (!(await this.foldRest(reader))) return undefined;
    return reader.snapshot(async () => {
      if (!(await this.foldRest(reader))) return undefined;
      return this.compare(reader);
    });
  }

  /** Folds what is left of the user's events. Returns false at one that changes which of them count. */
  private async foldRest(reader: StoreReader): Promise<boolean> {
    const { userId } = this;
    for (;;) {
      const page = await reader.events({ userId, after: this.lastPosition, limit: EVENTS_PER_PAGE });
      if (page.length === 0) return true;
      for (const stored of page) {
        // Of an erased user nothing is recorded any more.
        if (changesThePast(stored) && !isErased(stored) && !this.knows(stored.position)) return false;
        this.lastPosition = stored.position;
        const event = this.decoded(stored);
        if (event && isErased(stored)) this.addErased(event);
        else if (event) this.add(event, Boolean(stored.seal));
      }
    }
  }

  /** An event that cannot be decoded stops every projection that does not skip it, as it does live. */
  private decoded(stored: StoredEvent): StoreEvent | undefined {
    try {
      return this.decoder.decode(stored);
    } catch (error) {
      if (!(error instanceof PoisonEvent)) throw error;
      for (const target of this.targets)
        target.isStopped ||= !this.skips.has(skipId(target.projection.name, stored.position));
      return undefined;
    }
  }

  /** What is left of an event whose data is erased. */
  private addErased(event: StoreEvent): void {
    const before = this.standing.byEvent.get(event.position);
    if (this.undone && before?.has(this.undone.position)) this.undoesErased = true;
    if (before) for (const target of this.targets) this.fold(target, event, true);
  }

  /** Whether the retraction, or its undoing, at the position was there when the plan was begun. */
  private knows(position: number): boolean {
    return this.standing.retractions.some((row) => row.position === position || row.restoredAt === position);
  }

  private add(event: StoreEvent, isSealed: boolean): void {
    const before = this.standing.byEvent.get(event.position);
    const counted = before === undefined || before.size === 0;
    const { isListed, counts } =
      'retract' in this.task ? this.retracts(event, counted, isSealed) : this.restores(before, counted);
    this.noteAll(event, { isListed, counted });
    if (isListed && before && !counted) this.noteTakenBack(event, Math.min(...before));
    if (counts !== counted) this.changed++;
    const left = this.erases && isListed ? withoutContent(event) : event;
    for (const target of this.targets) this.fold(target, left, !counts);
  }

  private noteAll(event: StoreEvent, { isListed, counted }: { isListed: boolean; counted: boolean }): void {
    const { position, eventId } = event;
    if (event.streamId.startsWith('memory:')) this.note(event, isListed);
    if (isListed) this.events.push({ eventId, position });
    if (isListed && counted) this.keep(event);
    if (counted && 'restore' in this.task && event.causationId === this.task.restore)
      this.noteReplacement(event);
  }

  /** What the answer names, and what is recorded again otherwise. */
  private keep(event: StoreEvent): void {
    if (event.type === 'memory.formed') this.memoriesGone.push(event.data.memoryId);
    if (this.recordsAgain(event)) this.originals.push(event);
  }

  /** The last of several events of a turn is the one that a read of the turn is about. */
  private noteTakenBack(event: StoreEvent, at: number): void {
    const by = this.standing.retractions.find(({ position }) => position === at)?.retractionId;
    if (by !== undefined && this.recordsAgain(event)) this.takenBack[event.type] = { by, at };
  }

  private recordsAgain(event: StoreEvent): event is Original {
    const isAsked = 'retract' in this.task && this.task.replaces === true;
    return isAsked && (event.type === 'turn.recorded' || event.type === 'emotion.observed');
  }

  private noteReplacement({ type, eventId }: StoreEvent): void {
    if (type === 'turn.recorded' || type === 'emotion.observed') this.replacedBy.push(eventId);
  }

  /** Of an event without a seal, nothing could be proven without its data. */
  private retracts(
    event: StoreEvent,
    counted: boolean,
    isSealed: boolean,
  ): { isListed: boolean; counts: boolean } {
    const isListed = this.caused.takes(event) && (isSealed || !this.erases);
    return { isListed, counts: counted && !isListed };
  }

  private restores(
    before: ReadonlySet<number> | undefined,
    counted: boolean,
  ): { isListed: boolean; counts: boolean } {
    const undone = this.undone?.position;
    const isListed = undone !== undefined && before?.has(undone) === true;
    return { isListed, counts: counted || (isListed && before.size === 1) };
  }

  private note(event: StoreEvent, isListed: boolean): void {
    const { memoryId } = event.data as { memoryId?: string };
    if (memoryId === undefined) return;
    this.memoryVersions.set(memoryId, event.version);
    if (isListed) this.touched.set(memoryId, event.version);
  }

  private fold(target: Target, event: StoreEvent, isRetracted: boolean): void {
    if (target.isStopped) return;
    try {
      target.folds.fold(event, this.rows, isRetracted);
    } catch {
      // The live rows have stopped at it too; if not, the writer finds that this projection was not compared.
      target.isStopped = true;
    }
  }

  private async compare(reader: StoreReader): Promise<PlannedRetraction> {
    const { position: head } = await reader.head();
    const checkpoints = await allCheckpoints(reader);
    const live = PROJECTIONS.filter(
      (projection) =>
        statusOf(
          projection,
          checkpoints.find(({ projection: name }) => name === projection.name),
          head,
        ) === 'live',
    );
    const changes: ChangedRow[] = [];
    const folded = this.rows.sorted();
    for (const { projection, isStopped } of this.targets) {
      if (isStopped || !live.includes(projection)) continue;
      const comparison = new Differences(projection, changes);
      await comparison.takeRows((table) => pagesOfUser(reader, table, this.userId), folded);
    }
    const stopped = new Set(
      this.targets.filter(({ isStopped }) => isStopped).map(({ projection }) => projection),
    );
    const compared = live.filter((projection) => !stopped.has(projection));
    return {
      lastPosition: this.lastPosition,
      events: this.events,
      changed: this.changed,
      unknown: this.caused.unknown(),
      lasting: this.caused.lasting,
      memoryIds: this.differentMemories(),
      refolded: { projections: compared.map(({ name }) => name), rows: changes.map(refoldedRow) },
      changes: countByTable(changes),
      firstChanges: changes.slice(0, MAX_SHOWN_ROWS),
      undoes: this.undone && {
        position: this.undone.position,
        isUndone: this.undone.restoredAt !== null,
        replacedBy: this.replacedBy,
        isErased: this.undone.erasure !== null || this.undoesErased,
      },
      originals: this.originals,
      takenBack: this.takenBack,
      memoriesGone: this.memoriesGone,
    };
  }

  /** Those whose rows have an earlier version than their streams. */
  private differentMemories(): string[] {
    return [...this.touched.keys()].filter((memoryId) => {
      const row = this.rows.get(memoriesTable, this.userId, memoryId);
      return row !== undefined && row.version < (this.memoryVersions.get(memoryId) ?? 0);
    });
  }

  private get undone(): RetractionRow | undefined {
    if (!('restore' in this.task)) return undefined;
    const { restore } = this.task;
    return this.standing.retractions.find(({ retractionId }) => retractionId === restore);
  }
}

/** The event as it is read once its data is erased. */
function withoutContent(event: StoreEvent): StoreEvent {
  return { ...event, data: null } as unknown as StoreEvent;
}
