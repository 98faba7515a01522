import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { newId } from '../../../events/uuid.js';
import { CommandWriter } from '../../../writer/command-writer.js';
import type { Written } from '../../../writer/write-command.js';
import { commandData, NamedCommand, StoreCommand } from '../../store-command.js';
import { FormMemoryBody } from '../memory.dto.js';

/** Keep something about a user. */
@NamedCommand(FormMemoryBody)
export class FormMemory extends StoreCommand<FormMemoryBody> {}

@CommandHandler(FormMemory)
export class FormMemoryHandler implements ICommandHandler<FormMemory> {
  constructor(private readonly writer: CommandWriter) {}

  execute(command: FormMemory): Promise<Written> {
    return this.writer.write(commandData(command, { made: { memoryId: command.input.memoryId ?? newId() } }));
  }
}
