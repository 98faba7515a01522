import type { PlannedRetraction, RetractionTask } from '../operations/retraction/planned-retraction.js';
import { StoreCommand } from './store-command.js';

/** An observed emotion that a command names, as the log has it. */
export interface NamedObservation {
  eventId: string;
  /** The turn in which it was shown; null outside of turns. */
  turnId: string | null;
}

/** Finds an observation of a user by the id of its event or by its position; undefined if there is none. */
export type FindObservation = (userId: string, idOrPosition: string) => Promise<NamedObservation | undefined>;

/** A command that takes events back: what changes is worked out beside the writer before it is sent. */
export abstract class RetractingCommand<Input extends object = object> extends StoreCommand<Input> {
  private planned: PlannedRetraction | undefined;

  /** What has to be worked out. */
  abstract task(find: FindObservation): RetractionTask | Promise<RetractionTask>;

  /** Adds what was worked out; a retry works it out again. */
  with(planned: PlannedRetraction): this {
    this.planned = planned;
    return this;
  }

  override generatedIds(): object {
    return { planned: this.planned };
  }
}

/** The input with what was worked out beside the writer. */
export interface PlannedInput {
  planned: PlannedRetraction;
}
