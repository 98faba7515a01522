import { ApiProperty } from '@nestjs/swagger';

export const PROJECTION_STATES = ['live', 'rebuilding', 'failed'] as const;

/** One projection. */
export class ProjectionAnswer {
  name: string;
  /** Version of the folds that made the rows. */
  version: number;
  /** Position of the last folded event. */
  position: number;
  /** Number of events that are not folded yet. */
  lag: number;
  /** Number of rows in all tables of the projection. */
  rows: number;
  @ApiProperty({ enum: PROJECTION_STATES })
  state: (typeof PROJECTION_STATES)[number];
  /** Why the projection failed, and what to do about it. */
  lastError?: string;
}

/** All projections. */
export class ProjectionsAnswer {
  items: ProjectionAnswer[];
  /** The UUID that names the store. */
  storeId: string;
  /** Position of the log's last event. */
  head: number;
  /** When the rows were counted; a slow count is reused for a while. */
  countedAt: string;
}
