import { IsId } from '../../../validation/fields.js';
import { StoreCommand } from '../../store-command.js';

/** Which session to end. */
export class EndSessionInput {
  @IsId()
  sessionId: string;
}

/** Close a session. */
export class EndSession extends StoreCommand<EndSessionInput> {}
