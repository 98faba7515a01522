import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EventWriter } from '../../../events/log/event-writer.js';
import type { Written } from '../../../events/log/write-command.js';
import { NamedCommand, StoreCommand, toWrite } from '../../store-command.js';
import { observeEmotion } from '../emotion.decider.js';
import { ObserveEmotionBody } from '../emotion.dto.js';

/** Note an emotion that a user showed. */
@NamedCommand(ObserveEmotionBody)
export class ObserveEmotion extends StoreCommand<ObserveEmotionBody> {}

@CommandHandler(ObserveEmotion)
export class ObserveEmotionHandler implements ICommandHandler<ObserveEmotion> {
  constructor(private readonly writer: EventWriter) {}

  execute(command: ObserveEmotion): Promise<Written> {
    const { userId, input } = command;
    return this.writer.write(toWrite(command, (state) => observeEmotion(state, userId, input)));
  }
}
