import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EventWriter } from '../../../events/log/event-writer.js';
import type { Written } from '../../../events/log/write-command.js';
import { NamedCommand, StoreCommand, toWrite } from '../../store-command.js';
import { recallMemories } from '../memory.decider.js';
import { RecallMemoriesBody } from '../memory.dto.js';

/** Note which memories a reply used. */
@NamedCommand(RecallMemoriesBody)
export class RecallMemories extends StoreCommand<RecallMemoriesBody> {}

@CommandHandler(RecallMemories)
export class RecallMemoriesHandler implements ICommandHandler<RecallMemories> {
  constructor(private readonly writer: EventWriter) {}

  execute(command: RecallMemories): Promise<Written> {
    const { userId, input } = command;
    return this.writer.write(toWrite(command, (state) => recallMemories(state, userId, input)));
  }
}
