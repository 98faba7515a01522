import { ArrayMaxSize, ArrayMinSize, IsArray, IsObject } from 'class-validator';

/** Commands to execute, each on its own. */
export class BatchBody {
  /** Each command is `{command, userId, idempotencyKey?, …the route's parameters and body fields}`. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(1_000)
  @IsObject({ each: true })
  commands: Record<string, unknown>[];
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
