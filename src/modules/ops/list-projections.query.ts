import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { failuresTable } from '../../events/log/log-tables.js';
import { Rebuilds } from '../../operations/rebuilds.js';
import { failureText } from '../../projections/failure-text.js';
import type { ProjectionPosition } from '../../projections/positions.js';
import { PROJECTIONS } from '../../projections/projection-catalog.js';
import type { Projection } from '../../projections/projection.js';
import { Reads } from '../../projections/reads.js';
import type { ProjectionAnswer, ProjectionsAnswer } from './projections.dto.js';
import { RowCounts, rowsOf } from './row-counts.js';

/** How far is each projection, and how large? */
export class ListProjections extends Query<ProjectionsAnswer> {}

@QueryHandler(ListProjections)
export class ListProjectionsHandler implements IQueryHandler<ListProjections> {
  constructor(
    private readonly reads: Reads,
    private readonly counts: RowCounts,
    private readonly rebuilds: Rebuilds,
  ) {}

  async execute(): Promise<ProjectionsAnswer> {
    const counted = await this.counts.get();
    const { head, projections } = await this.reads.positions();
    const items = await Promise.all(
      projections.map(async (folded) => {
        const { name, version, position } = folded;
        const rows = rowsOf(
          counted,
          PROJECTIONS.find((projection) => projection.name === name) as Projection,
        );
        return { name, version, position, lag: head - position, rows, ...(await this.stateOf(folded, head)) };
      }),
    );
    return { items, head, countedAt: new Date(counted.at).toISOString() };
  }

  private async stateOf(
    { name, position, isCurrent }: ProjectionPosition,
    head: number,
  ): Promise<Pick<ProjectionAnswer, 'state' | 'lastError'>> {
    const failure = await this.reads.get(failuresTable, name);
    const error = failure ? { lastError: failureText(failure) } : {};
    if (this.rebuilds.isRebuilding(name)) return { state: 'rebuilding', ...error };
    // A rebuild that stopped at an event leaves live rows alone, but what it found has to be seen to.
    if (failure) return { state: 'failed', ...error };
    if (position === head && isCurrent) return { state: 'live' };
    if (this.reads.gate.closed(name) === 'rebuilding') return { state: 'rebuilding' };
    const why = isCurrent
      ? `It has folded ${position} of ${head} events`
      : 'Its rows were made by other folds';
    return { state: 'failed', lastError: `${why}; restart the service, which brings it to the head.` };
  }
}
