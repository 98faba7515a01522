import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { ProjectionPosition } from '../../projections/positions.js';
import { PROJECTIONS } from '../../projections/projection-catalog.js';
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
  ) {}

  async execute(): Promise<ProjectionsAnswer> {
    const counted = await this.counts.get();
    const { head, projections } = await this.reads.positions();
    const items = PROJECTIONS.flatMap((projection) => {
      const folded = projections.find(({ name }) => name === projection.name);
      if (!folded) return [];
      const { name, version, position } = folded;
      const rows = rowsOf(counted, projection);
      return [{ name, version, position, lag: head - position, rows, ...stateOf(folded, head) }];
    });
    return { items, head, countedAt: new Date(counted.at).toISOString() };
  }
}

/** Events and rows commit together, so a projection that is not at the head does not get there by itself. */
function stateOf(
  { position, isCurrent }: ProjectionPosition,
  head: number,
): Pick<ProjectionAnswer, 'state' | 'lastError'> {
  if (position === head && isCurrent) return { state: 'live' };
  const why = isCurrent ? `It has folded ${position} of ${head} events` : 'Its rows were made by other folds';
  return { state: 'failed', lastError: `${why}; restart the service, which brings it to the head.` };
}
