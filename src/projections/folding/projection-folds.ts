import type { Rows } from '../../database/row-store.js';
import { PoisonEvent } from '../../errors.js';
import { USER_ERASED } from '../../events/erasure/user-erased.event.js';
import type { FoldEvent } from '../../events/event.js';
import { checkpointsTable } from '../../events/log/log-tables.js';
import { foldsFor, type Projection } from '../projection.js';
import { skipId } from './checkpoints.js';
import type { PageToFold } from './page-to-fold.js';

interface NamedFold {
  projection: string;
  fold: (event: FoldEvent, rows: Rows) => void;
}

/** How events are folded. */
interface FoldOptions {
  /** The events that projections skip, as skipIds. */
  skips?: ReadonlySet<string> | undefined;
  /** Whether the rows of an erased user are left to who finishes the erasure, as a command must not wait. */
  leavesErased?: boolean;
}

type FoldsByType = ReadonlyMap<string, readonly NamedFold[]>;

/**
 * Folds events into the rows of the given projections, except erased ones and those that a projection skips.
 * The erasure of a user removes every row of the user: the same as folding the user's events without their
 * data.
 */
export class ProjectionFolds {
  /** By how an event counts. */
  private readonly byType: Record<'folds' | 'retracted' | 'erased', FoldsByType>;
  private readonly skips: ReadonlySet<string>;
  private readonly leavesErased: boolean;

  constructor(
    private readonly projections: readonly Projection[],
    { skips = NO_SKIPS, leavesErased = false }: FoldOptions = {},
  ) {
    this.skips = skips;
    this.leavesErased = leavesErased;
    this.byType = {
      folds: foldsByType(projections, 'folds'),
      retracted: foldsByType(projections, 'retracted'),
      erased: foldsByType(projections, 'erased'),
    };
  }

  fold(event: FoldEvent, rows: Rows, isRetracted = false): void {
    if (event.type === USER_ERASED && !this.leavesErased) this.removeUser(event.userId, rows);
    // Only events that were read have lost their data.
    const which = foldsFor({ isRetracted, isErased: (event.data as object | null) === null });
    if (which === undefined) return;
    for (const { projection, fold } of this.byType[which].get(event.type) ?? []) {
      if (this.skips.size > 0 && this.skips.has(skipId(projection, event.position))) continue;
      try {
        fold(event, rows);
      } catch (cause) {
        throw PoisonEvent.folding(projection, event, cause);
      }
    }
  }

  /** Folds a page of the log. Users whose past it changes are folded again, from their first event. */
  foldPage({ events, again }: PageToFold, rows: Rows): void {
    for (const [userId, all] of again) {
      this.removeUser(userId, rows);
      for (const { event, isRetracted } of all) this.fold(event, rows, isRetracted);
    }
    for (const event of events) if (!again.has(event.userId)) this.fold(event, rows);
  }

  private removeUser(userId: string, rows: Rows): void {
    for (const { tables } of this.projections) for (const table of tables) rows.removeUser(table, userId);
  }

  checkpoint(position: number, rows: Rows): void {
    for (const { name, version } of this.projections) {
      rows.put(checkpointsTable, { projection: name, version, position });
    }
  }
}

function foldsByType(
  projections: readonly Projection[],
  which: 'folds' | 'retracted' | 'erased',
): FoldsByType {
  const byType = new Map<string, NamedFold[]>();
  for (const projection of projections) {
    for (const [type, fold] of Object.entries(projection[which])) {
      const named = { projection: projection.name, fold: fold as NamedFold['fold'] };
      byType.set(type, [...(byType.get(type) ?? []), named]);
    }
  }
  return byType;
}

const NO_SKIPS: ReadonlySet<string> = new Set();
