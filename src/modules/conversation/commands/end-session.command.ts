import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EventWriter } from '../../../events/log/event-writer.js';
import type { Written } from '../../../events/log/write-command.js';
import { NamedCommand, StoreCommand, toWrite } from '../../store-command.js';
import { endSession } from '../conversation.decider.js';
import { EndSessionInput } from '../conversation.dto.js';

/** Close a session. */
@NamedCommand(EndSessionInput)
export class EndSession extends StoreCommand<EndSessionInput> {}

@CommandHandler(EndSession)
export class EndSessionHandler implements ICommandHandler<EndSession> {
  constructor(private readonly writer: EventWriter) {}

  execute(command: EndSession): Promise<Written> {
    const { userId, input } = command;
    return this.writer.write(toWrite(command, (state) => endSession(state, userId, input)));
  }
}
