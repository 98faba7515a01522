import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EventWriter } from '../../../events/log/event-writer.js';
import type { Written } from '../../../events/log/write-command.js';
import { NamedCommand, StoreCommand, toWrite } from '../../store-command.js';
import { reviseMemory, memoryStream } from '../memory.decider.js';
import { ReviseMemoryInput } from '../memory.dto.js';

/** Correct a memory. */
@NamedCommand(ReviseMemoryInput)
export class ReviseMemory extends StoreCommand<ReviseMemoryInput> {}

@CommandHandler(ReviseMemory)
export class ReviseMemoryHandler implements ICommandHandler<ReviseMemory> {
  constructor(private readonly writer: EventWriter) {}

  execute(command: ReviseMemory): Promise<Written> {
    const { userId, input } = command;
    return this.writer.write(
      toWrite(command, (state) => reviseMemory(state, userId, input), memoryStream(input.memoryId)),
    );
  }
}
