import { ArrayMaxSize, ArrayMinSize, IsArray } from 'class-validator';

/**
 * Commands to execute, each on its own: one that is no command at all is answered with 400, and harms no
 * other.
 */
export class BatchBody {
  /** Each command is `{command, userId, idempotencyKey?, …the route's parameters and body fields}`. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(1_000)
  commands: unknown[];
}

/** The result of one command: `body` when it was executed, `problem` when it was refused. */
export class BatchResultAnswer {
  status: number;
  body?: Record<string, unknown>;
  problem?: Record<string, unknown>;
}

/** The results, in the order of the commands. */
export class BatchAnswer {
  results: BatchResultAnswer[];
}
