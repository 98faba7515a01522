import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { profileStream } from '../../../events/streams.js';
import { CommandWriter } from '../../../writer/command-writer.js';
import type { Written } from '../../../writer/write-command.js';
import { commandData, NamedCommand, StoreCommand } from '../../store-command.js';
import { ChangeProfileBody } from '../profile.dto.js';

/** Change any of a user's profile fields. */
@NamedCommand(ChangeProfileBody)
export class ChangeProfile extends StoreCommand<ChangeProfileBody> {}

@CommandHandler(ChangeProfile)
export class ChangeProfileHandler implements ICommandHandler<ChangeProfile> {
  constructor(private readonly writer: CommandWriter) {}

  execute(command: ChangeProfile): Promise<Written> {
    return this.writer.write(commandData(command, { stream: profileStream(command.userId) }));
  }
}
