import { Body, Controller, Get, Param, Put, Res, UseInterceptors } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiExtraModels, ApiOkResponse, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Scoped } from '../../http/access/scoped.js';
import { FromRequest } from '../../http/command-context.js';
import { CommandRoute } from '../../http/command-route.js';
import { UserPath } from '../../http/paths.dto.js';
import { valid, validTolerant } from '../../http/valid.pipe.js';
import { Reads } from '../../projections/reads/reads.js';
import { tolerantValidator } from '../../validation/validator.js';
import type { CommandContext } from '../../writer/write-command.js';
import { GetConversation } from '../conversation/queries/get-conversation.query.js';
import { ListEmotions } from '../emotion/queries/list-emotions.query.js';
import { ListMemories } from '../memory/queries/list-memories.query.js';
import { ChangeProfile } from '../profile/commands/change-profile.command.js';
import type { ProfileAnswer } from '../profile/profile.dto.js';
import { GetProfile } from '../profile/queries/get-profile.query.js';
import { GetStats } from '../stats/get-stats.query.js';
import { registrationOf } from './logged-events.js';
import { allMemories } from './original-memories.js';
import { COMPATIBILITY, daysAgo, ORIGINAL_PREFIX, unlessUnknown } from './original-names.js';
import {
  OriginalContext,
  OriginalMessage,
  OriginalProfile,
  OriginalProfileBody,
  OriginalProfileFields,
  OriginalStats,
} from './original-profile.dto.js';
import { originalProfile, profileChange } from './original-profile.js';
import { originalStats } from './original-stats.js';
import { RefuseErased } from './refuse-erased.interceptor.js';

const RECENT_DAYS = 7;

const profileFields = tolerantValidator(OriginalProfileFields);

@ApiTags(COMPATIBILITY)
@ApiExtraModels(OriginalContext, OriginalMessage)
@Scoped(['chat'])
@Controller(ORIGINAL_PREFIX)
export class OriginalProfileController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly reads: Reads,
  ) {}

  /** Returns the profile; the defaults for an unknown user, of whom nothing is written. */
  @Get('profile/:userId')
  @UseInterceptors(RefuseErased)
  @ApiOkResponse({ type: OriginalProfile })
  async get(@Param(valid(UserPath)) { userId }: UserPath): Promise<OriginalProfile> {
    return this.answer(userId, await this.profile(userId));
  }

  /** Changes any fields of the profile. */
  @Put('profile/:userId')
  @CommandRoute({ status: 200, answer: OriginalProfile })
  async change(
    @Param(valid(UserPath)) { userId }: UserPath,
    @Body(validTolerant(OriginalProfileBody)) { personality, preferences, ...flat }: OriginalProfileBody,
    @FromRequest() context: CommandContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OriginalProfile> {
    const fields = {
      ...flat,
      ...(personality && profileFields(personality)),
      ...(preferences && { communication_patterns: preferences }),
    };
    const patterns =
      (fields.communication_patterns && (await this.profile(userId))?.communicationPatterns) ?? {};
    const change = new ChangeProfile(userId, profileChange(fields, patterns), context);
    const { body, replayed } = await this.commands.execute(change);
    if (replayed) void reply.header('idempotency-replayed', 'true');
    return this.answer(userId, (JSON.parse(body) as { profile: ProfileAnswer }).profile);
  }

  /** Returns the current conversation, or a message that there is none. */
  @Get('context/:userId')
  @UseInterceptors(RefuseErased)
  @ApiOkResponse({
    schema: { anyOf: [{ $ref: getSchemaPath(OriginalContext) }, { $ref: getSchemaPath(OriginalMessage) }] },
  })
  async context(@Param(valid(UserPath)) { userId }: UserPath): Promise<OriginalContext | OriginalMessage> {
    const window = await unlessUnknown(this.queries.execute(new GetConversation(userId)));
    if (!window) return { message: 'No active conversation context' };
    return {
      user_id: userId,
      session_id: window.sessionId,
      message_count: window.turns.length,
      topics: window.topics,
      current_emotion: window.currentEmotion,
      emotion_trajectory: window.emotionTrajectory.map(({ emotion }) => emotion),
      last_activity: window.lastActivityAt,
    };
  }

  /** Returns the statistics of a user; zeros for an unknown one. */
  @Get('stats/:userId')
  @UseInterceptors(RefuseErased)
  @ApiOkResponse({ type: OriginalStats })
  async stats(@Param(valid(UserPath)) { userId }: UserPath): Promise<OriginalStats> {
    const [profile, stats, emotions, window, recent] = await Promise.all([
      this.profile(userId),
      unlessUnknown(this.queries.execute(new GetStats(userId))),
      this.queries.execute(new ListEmotions(userId)),
      unlessUnknown(this.queries.execute(new GetConversation(userId))),
      this.recentMemories(userId),
    ]);
    return originalStats(userId, { profile, stats, emotions, window, recent });
  }

  /** The user joined when the registration occurred, which an import dates back. */
  private async answer(userId: string, profile: ProfileAnswer | undefined): Promise<OriginalProfile> {
    const [registered] = profile ? await registrationOf(this.reads, userId) : [];
    const createdAt = registered?.occurredAt;
    return originalProfile(
      userId,
      profile && { ...profile, ...(createdAt !== undefined && { createdAt }) },
      Date.now(),
    );
  }

  private profile(userId: string): Promise<ProfileAnswer | undefined> {
    return unlessUnknown(this.queries.execute(new GetProfile(userId)));
  }

  private async recentMemories(userId: string): Promise<number> {
    const from = daysAgo(RECENT_DAYS, Date.now());
    const read = (cursor: string | undefined) =>
      this.queries.execute(
        new ListMemories(userId, { from, limit: 200, ...(cursor !== undefined && { cursor }) }),
      );
    let count = 0;
    for await (const page of allMemories(read)) count += page.length;
    return count;
  }
}
