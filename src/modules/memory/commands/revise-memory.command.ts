import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Written } from '../../../writer/write-command.js';
import { CommandWriter } from '../../../writer/command-writer.js';
import { commandData, NamedCommand, StoreCommand } from '../../store-command.js';
import { memoryStream } from '../memory.decider.js';
import { ReviseMemoryInput } from '../memory.dto.js';

/** Correct a memory. */
@NamedCommand(ReviseMemoryInput)
export class ReviseMemory extends StoreCommand<ReviseMemoryInput> {}

@CommandHandler(ReviseMemory)
export class ReviseMemoryHandler implements ICommandHandler<ReviseMemory> {
  constructor(private readonly writer: CommandWriter) {}

  execute(command: ReviseMemory): Promise<Written> {
    return this.writer.write(commandData(command, { stream: memoryStream(command.input.memoryId) }));
  }
}
