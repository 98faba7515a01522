import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { pagesOf } from '../../../database/pages-of.js';
import type { Filter } from '../../../database/row-store.js';
import { learnedPreferencesTable } from '../../../projections/current-profile.projection.js';
import { emotionObservationsTable } from '../../../projections/emotion-trend.projection.js';
import { memoriesTable } from '../../../projections/memory-index.projection.js';
import { UserReads } from '../../../projections/reads/reads.js';
import { UserLog, type Recorded } from '../../user-log.js';
import { turnAnswer } from '../turns/turn-answer.js';
import { turnUnknown } from '../turns/turn-errors.js';
import type { TurnDetailAnswer } from '../turns/turns.dto.js';

/** Reads one turn, and what came from it. Throws NotFound. */
export class GetTurn extends Query<TurnDetailAnswer> {
  constructor(
    readonly userId: string,
    readonly turnId: string,
  ) {
    super();
  }
}

@QueryHandler(GetTurn)
export class GetTurnHandler implements IQueryHandler<GetTurn> {
  constructor(
    private readonly reads: UserReads,
    private readonly log: UserLog,
  ) {}

  async execute({ userId, turnId }: GetTurn): Promise<TurnDetailAnswer> {
    const { head: upTo } = await this.reads.storeHead();
    const turn = await this.log.turn(userId, turnId, upTo);
    if (!turn || turn.retracted) throw turnUnknown(turnId, turn?.retracted);
    const [observations, preferences, memories] = await Promise.all([
      this.observations(userId, turn),
      this.preferences(userId, turnId),
      this.memories(userId, turnId),
    ]);
    return { ...turnAnswer(turn), caused: { observations, preferences, memories } };
  }

  private async observations(userId: string, turn: Recorded<'turn.recorded'>): Promise<string[]> {
    const events = await this.log.following(userId, turn, 'emotion.observed');
    const keys = events.map(({ occurredAt, position }) => [userId, Date.parse(occurredAt), position]);
    const rows = await this.reads.getAll(emotionObservationsTable, keys);
    const positions = new Set(rows.map(({ position }) => position));
    return events.filter(({ position }) => positions.has(position)).map(({ eventId }) => eventId);
  }

  private async preferences(userId: string, turnId: string): Promise<string[]> {
    const query = { filters: ofTurn(userId, turnId), order: ['position'] };
    const positions: number[] = [];
    for await (const page of pagesOf(this.reads, learnedPreferencesTable, query))
      positions.push(...page.map(({ position }) => position));
    const events = await this.log.at(userId, 'preference.learned', positions);
    return positions.flatMap((position) => events.get(position)?.eventId ?? []);
  }

  private async memories(userId: string, turnId: string): Promise<string[]> {
    const query = { filters: ofTurn(userId, turnId), order: ['occurredAt', 'formedPosition'] };
    const ids: string[] = [];
    for await (const page of pagesOf(this.reads, memoriesTable, query))
      ids.push(...page.map(({ memoryId }) => memoryId));
    return ids;
  }
}

function ofTurn(userId: string, turnId: string): Filter[] {
  return [
    ['userId', '=', userId],
    ['turnId', '=', turnId],
  ];
}
