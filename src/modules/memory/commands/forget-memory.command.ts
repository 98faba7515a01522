import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { memoryStream } from '../../../events/streams.js';
import { CommandWriter } from '../../../writer/command-writer.js';
import type { Written } from '../../../writer/write-command.js';
import { commandData, NamedCommand, StoreCommand } from '../../store-command.js';
import { ForgetMemoryInput } from '../memory.dto.js';

/** Forget a memory. */
@NamedCommand(ForgetMemoryInput)
export class ForgetMemory extends StoreCommand<ForgetMemoryInput> {}

@CommandHandler(ForgetMemory)
export class ForgetMemoryHandler implements ICommandHandler<ForgetMemory> {
  constructor(private readonly writer: CommandWriter) {}

  execute(command: ForgetMemory): Promise<Written> {
    return this.writer.write(commandData(command, { stream: memoryStream(command.input.memoryId) }));
  }
}
