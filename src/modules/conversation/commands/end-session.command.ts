import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { CommandWriter } from '../../../writer/command-writer.js';
import type { Written } from '../../../writer/write-command.js';
import { commandData, NamedCommand, StoreCommand } from '../../store-command.js';
import { EndSessionInput } from '../conversation.dto.js';

/** Close a session. */
@NamedCommand(EndSessionInput)
export class EndSession extends StoreCommand<EndSessionInput> {}

@CommandHandler(EndSession)
export class EndSessionHandler implements ICommandHandler<EndSession> {
  constructor(private readonly writer: CommandWriter) {}

  execute(command: EndSession): Promise<Written> {
    return this.writer.write(commandData(command));
  }
}
