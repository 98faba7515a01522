import { ApiProperty } from '@nestjs/swagger';

export const PROJECTION_STATES = ['live', 'rebuilding', 'failed'] as const;

/** One projection. */
export class ProjectionAnswer {
  name: string;
  /** Of the folds that made its rows. */
  version: number;
  /** Of the last event that it has folded. */
  position: number;
  /** Events that it has not folded yet. */
  lag: number;
  /** Of all its tables. */
  rows: number;
  @ApiProperty({ enum: PROJECTION_STATES })
  state: (typeof PROJECTION_STATES)[number];
  /** Why it failed, and what to do. */
  lastError?: string;
}

/** Every projection. */
export class ProjectionsAnswer {
  items: ProjectionAnswer[];
  /** Position of the log's last event. */
  head: number;
  /** When the rows were counted: counting that takes long is not done anew for everyone who asks. */
  countedAt: string;
}
