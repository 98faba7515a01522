import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EventWriter } from '../../../events/log/event-writer.js';
import type { Written } from '../../../events/log/write-command.js';
import { newId } from '../../../events/uuid.js';
import { NamedCommand, StoreCommand, toWrite } from '../../store-command.js';
import { formMemory } from '../memory.decider.js';
import { FormMemoryBody } from '../memory.dto.js';

/** Keep something about a user. */
@NamedCommand(FormMemoryBody)
export class FormMemory extends StoreCommand<FormMemoryBody> {}

@CommandHandler(FormMemory)
export class FormMemoryHandler implements ICommandHandler<FormMemory> {
  constructor(private readonly writer: EventWriter) {}

  execute(command: FormMemory): Promise<Written> {
    const { userId } = command;
    const input = { ...command.input, memoryId: command.input.memoryId ?? newId() };
    return this.writer.write(toWrite(command, (state) => formMemory(state, userId, input)));
  }
}
