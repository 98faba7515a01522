import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { newId } from '../../../events/uuid.js';
import { CommandWriter } from '../../../writer/command-writer.js';
import type { Written } from '../../../writer/write-command.js';
import { commandData, NamedCommand, StoreCommand } from '../../store-command.js';
import { RecordTurnBody } from '../conversation.dto.js';

/** Record one exchange of a conversation. */
@NamedCommand(RecordTurnBody)
export class RecordTurn extends StoreCommand<RecordTurnBody> {}

@CommandHandler(RecordTurn)
export class RecordTurnHandler implements ICommandHandler<RecordTurn> {
  constructor(private readonly writer: CommandWriter) {}

  execute(command: RecordTurn): Promise<Written> {
    return this.writer.write(commandData(command, { made: { turnId: newId() } }));
  }
}
