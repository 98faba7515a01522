import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { CommandWriter } from '../../../writer/command-writer.js';
import type { Written } from '../../../writer/write-command.js';
import { commandData, NamedCommand, StoreCommand } from '../../store-command.js';
import { RecallMemoriesBody } from '../memory.dto.js';

/** Note which memories a reply used. */
@NamedCommand(RecallMemoriesBody)
export class RecallMemories extends StoreCommand<RecallMemoriesBody> {}

@CommandHandler(RecallMemories)
export class RecallMemoriesHandler implements ICommandHandler<RecallMemories> {
  constructor(private readonly writer: CommandWriter) {}

  execute(command: RecallMemories): Promise<Written> {
    return this.writer.write(commandData(command));
  }
}
