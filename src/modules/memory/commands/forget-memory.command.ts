import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EventWriter } from '../../../events/log/event-writer.js';
import type { Written } from '../../../events/log/write-command.js';
import { NamedCommand, StoreCommand, toWrite } from '../../store-command.js';
import { forgetMemory, memoryStream } from '../memory.decider.js';
import { ForgetMemoryInput } from '../memory.dto.js';

/** Forget a memory. */
@NamedCommand(ForgetMemoryInput)
export class ForgetMemory extends StoreCommand<ForgetMemoryInput> {}

@CommandHandler(ForgetMemory)
export class ForgetMemoryHandler implements ICommandHandler<ForgetMemory> {
  constructor(private readonly writer: EventWriter) {}

  execute(command: ForgetMemory): Promise<Written> {
    const { userId, input } = command;
    return this.writer.write(
      toWrite(command, (state) => forgetMemory(state, userId, input), memoryStream(input.memoryId)),
    );
  }
}
