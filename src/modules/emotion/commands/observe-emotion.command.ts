import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { CommandWriter } from '../../../writer/command-writer.js';
import type { Written } from '../../../writer/write-command.js';
import { commandData, NamedCommand, StoreCommand } from '../../store-command.js';
import { ObserveEmotionBody } from '../emotion.dto.js';

/** Note an emotion that a user showed. */
@NamedCommand(ObserveEmotionBody)
export class ObserveEmotion extends StoreCommand<ObserveEmotionBody> {}

@CommandHandler(ObserveEmotion)
export class ObserveEmotionHandler implements ICommandHandler<ObserveEmotion> {
  constructor(private readonly writer: CommandWriter) {}

  execute(command: ObserveEmotion): Promise<Written> {
    return this.writer.write(commandData(command));
  }
}
