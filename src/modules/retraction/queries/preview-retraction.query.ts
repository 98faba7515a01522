import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { NotFound } from '../../../errors.js';
import { MAX_RETRACTED } from '../../../events/retraction/events-retracted.event.js';
import type { Selection } from '../../../operations/retraction/caused-events.js';
import { Retractions } from '../../../operations/retraction/retractions.js';
import { profilesTable } from '../../../projections/current-profile.projection.js';
import { Reads } from '../../../projections/reads/reads.js';
import { userErased } from '../../../writer/refuse-erased.js';
import { notRetractable, tooLarge } from '../../retracting.js';
import type { RetractEventsBody } from '../commands/retract-events.command.js';
import { checkKnown } from '../retraction-errors.js';
import type { RetractedAnswer } from '../retraction.dto.js';

/** Works out what a retraction would change. Throws what the retraction would be refused with. */
export class PreviewRetraction extends Query<RetractedAnswer> {
  constructor(
    readonly userId: string,
    readonly body: RetractEventsBody,
    readonly selection: Selection,
  ) {
    super();
  }
}

@QueryHandler(PreviewRetraction)
export class PreviewRetractionHandler implements IQueryHandler<PreviewRetraction> {
  constructor(
    private readonly reads: Reads,
    private readonly retractions: Retractions,
  ) {}

  async execute({ userId, body, selection }: PreviewRetraction): Promise<RetractedAnswer> {
    const { erased } = await this.reads.lastPositions(userId);
    if (erased > 0) throw userErased(userId, erased);
    if (!(await this.reads.get(profilesTable, userId))) throw NotFound.user(userId);
    const planned = await this.retractions.plan(userId, { retract: selection });
    const { events, lasting, changed, changes, firstChanges: rows, refolded } = planned;
    checkKnown(planned.unknown, body);
    if (lasting.length > 0) throw notRetractable(lasting);
    if (events.length > MAX_RETRACTED) throw tooLarge(events.length);
    return {
      retractionId: null,
      position: planned.lastPosition,
      retracted: changed === 0 ? [] : events.map(({ eventId }) => eventId),
      changes,
      rows: rows.map(({ key, ...row }) => ({ ...row, key: [...key] })),
      moreRows: refolded.rows.length - rows.length,
    };
  }
}
