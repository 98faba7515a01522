import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { memoryStream } from '../../../events/streams.js';
import { CommandWriter } from '../../../writer/command-writer.js';
import type { Written } from '../../../writer/write-command.js';
import { commandData, NamedCommand, StoreCommand } from '../../store-command.js';
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
