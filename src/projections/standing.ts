import type { CheckpointRow } from '../events/log/log-tables.js';
import type { Projection } from './projection.js';

/**
 * How a projection's rows stand to the log and to the folds of this program: `live` is at the log's end, `behind` is not;
 * the rows of `older` and `newer` were made by another version of the folds.
 */
export type Standing = 'live' | 'behind' | 'older' | 'newer';

/** See Standing; `head` is the position of the log's last event. */
export function standingOf(
  { version: declared }: Pick<Projection, 'version'>,
  checkpoint: Pick<CheckpointRow, 'version' | 'position'> | undefined,
  head: number,
): Standing {
  if (!checkpoint) return head === 0 ? 'live' : 'older';
  const { version, position } = checkpoint;
  if (version !== declared) return version < declared ? 'older' : 'newer';
  return position === head ? 'live' : 'behind';
}
