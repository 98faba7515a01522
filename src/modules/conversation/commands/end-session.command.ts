import { IsId } from '../../../validation/fields.js';
import { StoreCommand } from '../../store-command.js';

/** The session to end. */
export class EndSessionInput {
  @IsId()
  sessionId: string;
}

/** Ends a session. */
export class EndSession extends StoreCommand<EndSessionInput> {}
