import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EventWriter } from '../../../events/log/event-writer.js';
import type { Written } from '../../../events/log/write-command.js';
import { newId } from '../../../events/uuid.js';
import { NamedCommand, StoreCommand, toWrite } from '../../store-command.js';
import { recordTurn } from '../conversation.decider.js';
import { RecordTurnBody } from '../conversation.dto.js';

/** Record one exchange of a conversation. */
@NamedCommand(RecordTurnBody)
export class RecordTurn extends StoreCommand<RecordTurnBody> {}

@CommandHandler(RecordTurn)
export class RecordTurnHandler implements ICommandHandler<RecordTurn> {
  constructor(private readonly writer: EventWriter) {}

  execute(command: RecordTurn): Promise<Written> {
    const { userId } = command;
    const input = { ...command.input, turnId: newId() };
    return this.writer.write(toWrite(command, (state) => recordTurn(state, userId, input)));
  }
}
