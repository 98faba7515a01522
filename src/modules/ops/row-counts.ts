import { Injectable } from '@nestjs/common';
import { PROJECTIONS } from '../../projections/projection-catalog.js';
import type { Projection } from '../../projections/projection.js';
import { Reads } from '../../projections/reads/reads.js';
import { singleFlight } from '../single-flight.js';

/** Up to this many rows are counted again for each request. */
const MAX_ROWS_COUNTED_PER_REQUEST = 100_000;
/** A larger count is cached for this many times its duration, so it takes a tenth of the time at most. */
const CACHE_COST_FACTOR = 10;

/** Number of rows in every table of the projections. */
export interface CountedRows {
  /** When counting began, ms UTC. */
  at: number;
  byTable: ReadonlyMap<string, number>;
}

/** Counts the rows of the projections, and caches a large count. */
@Injectable()
export class RowCounts {
  private cached: { counted: CountedRows; until: number } | undefined;

  constructor(private readonly reads: Reads) {}

  async get(): Promise<CountedRows> {
    return this.cached && performance.now() < this.cached.until ? this.cached.counted : this.count();
  }

  private readonly count = singleFlight(async (): Promise<CountedRows> => {
    const at = Date.now();
    const started = performance.now();
    const byTable = new Map<string, number>();
    // One table at a time: a long read transaction keeps SQLite from emptying its write-ahead log.
    for (const table of PROJECTIONS.flatMap(({ tables }) => tables))
      byTable.set(table.name, await this.reads.countRows(table));
    const counted = { at, byTable };
    const rows = [...byTable.values()].reduce((sum, count) => sum + count, 0);
    const now = performance.now();
    this.cached =
      rows > MAX_ROWS_COUNTED_PER_REQUEST
        ? { counted, until: now + CACHE_COST_FACTOR * (now - started) }
        : undefined;
    return counted;
  });
}

/** Returns the number of rows in all tables of one projection. */
export function rowsOf({ byTable }: CountedRows, { tables }: Projection): number {
  return tables.reduce((sum, { name }) => sum + (byTable.get(name) ?? 0), 0);
}
