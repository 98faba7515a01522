import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { NotFound } from '../../../errors.js';
import { conversationSummariesTable } from '../../../projections/conversation-window.projection.js';
import { profilesTable } from '../../../projections/current-profile.projection.js';
import { UserReads } from '../../../projections/reads/reads.js';
import { profileAnswer } from '../profile-answer.js';
import type { ProfileAnswer } from '../profile.dto.js';

/** Reads a user's profile. Throws NotFound for an unknown user. */
export class GetProfile extends Query<ProfileAnswer> {
  constructor(readonly userId: string) {
    super();
  }
}

@QueryHandler(GetProfile)
export class GetProfileHandler implements IQueryHandler<GetProfile> {
  constructor(private readonly reads: UserReads) {}

  async execute({ userId }: GetProfile): Promise<ProfileAnswer> {
    const [profile, conversations] = await Promise.all([
      this.reads.get(profilesTable, userId),
      this.reads.get(conversationSummariesTable, userId),
    ]);
    if (!profile) throw NotFound.user(userId);
    return profileAnswer(profile, conversations);
  }
}
