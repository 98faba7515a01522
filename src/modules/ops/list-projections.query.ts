import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { failuresTable } from '../../events/log/log-tables.js';
import { Rebuilds } from '../../operations/rebuild/rebuilds.js';
import { failureText } from '../../projections/folding/checkpoints.js';
import { PROJECTIONS } from '../../projections/projection-catalog.js';
import type { Projection } from '../../projections/projection.js';
import type { ProjectionPosition } from '../../projections/reads/positions.js';
import { Reads } from '../../projections/reads/reads.js';
import type { ProjectionAnswer, ProjectionsAnswer } from './projections.dto.js';
import { RowCounts, rowsOf } from './row-counts.js';

/** Reads the position, lag, size and state of every projection. */
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
    const [{ head, projections }, storeId] = await Promise.all([
      this.reads.positions(),
      this.reads.storeId(),
    ]);
    const items = await Promise.all(
      projections.map(async (folded) => {
        const { name, version, position } = folded;
        const rows = rowsOf(
          counted,
          PROJECTIONS.find((projection) => projection.name === name) as Projection,
        );
        return { name, version, position, lag: head - position, rows, ...(await this.stateOf(folded)) };
      }),
    );
    return { items, storeId, head, countedAt: new Date(counted.at).toISOString() };
  }

  private async stateOf({
    name,
    version,
    status,
  }: ProjectionPosition): Promise<Pick<ProjectionAnswer, 'state' | 'lastError'>> {
    const failure = await this.reads.get(failuresTable, name);
    const error = failure ? { lastError: failureText(failure) } : {};
    if (this.rebuilds.isRebuilding(name)) return { state: 'rebuilding', ...error };
    // A rebuild that stopped at a poison event leaves the live rows alone, but an operator has to act.
    if (failure) return { state: 'failed', ...error };
    if (status === 'live') return { state: 'live' };
    if (this.reads.gate.whyClosed(name) !== 'outdated') return { state: 'rebuilding' };
    return { state: 'failed', lastError: outdatedText(version) };
  }
}

function outdatedText(version: number): string {
  return (
    `Its rows were made by version ${version} of its folds, which this process does not know. Upgrade this process ` +
    'to the newer release; or, to keep this release, stop the newer processes and rebuild the projection.'
  );
}
