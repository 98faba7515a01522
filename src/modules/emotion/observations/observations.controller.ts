import { Body, Controller, Get, Param, Patch, Query, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Scoped } from '../../../http/access/scoped.js';
import { FromRequest } from '../../../http/command-context.js';
import { CommandRoute } from '../../../http/command-route.js';
import { MayRefuse } from '../../../http/declared-answers.js';
import { UserPath } from '../../../http/paths.dto.js';
import { sendWritten } from '../../../http/send-written.js';
import { valid, validQuery } from '../../../http/valid.pipe.js';
import type { CommandContext } from '../../../writer/write-command.js';
import { UserReadQuery } from '../../user-read.dto.js';
import { UserRead } from '../../user-read.js';
import { CorrectObservation, CorrectObservationBody } from '../commands/correct-observation.command.js';
import { GetObservation } from '../queries/get-observation.query.js';
import { ListObservations } from '../queries/list-observations.query.js';
import {
  ListObservationsQuery,
  ObservationAnswer,
  ObservationCorrectedAnswer,
  ObservationPageAnswer,
  ObservationPath,
} from './observations.dto.js';

@ApiTags('emotions')
@Scoped(['chat'])
@Controller('v1/users/:userId/emotions')
export class ObservationsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  /** Lists single observed emotions, the one that was felt last first. */
  @Get('observations')
  @UserRead(ObservationPageAnswer)
  list(
    @Param(valid(UserPath)) { userId }: UserPath,
    @Query(validQuery(ListObservationsQuery)) query: ListObservationsQuery,
  ): Promise<ObservationPageAnswer> {
    return this.queries.execute(new ListObservations(userId, query));
  }

  /**
   * Corrects one observed emotion: what was observed is taken back, and recorded again otherwise at its place
   * in time, in one append. Fields that are left out stay. The emotion of a turn is corrected in the turn,
   * too; what else came from the turn stays. A correction without effect writes nothing.
   */
  @Patch(['observations/:eventId', ':eventId'])
  @MayRefuse(409)
  @CommandRoute({ status: 200, answer: ObservationCorrectedAnswer, conditional: true })
  async correct(
    @Param(valid(ObservationPath)) { userId, eventId }: ObservationPath,
    @Body(valid(CorrectObservationBody)) body: CorrectObservationBody,
    @FromRequest() context: CommandContext,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const command = new CorrectObservation(userId, { ...body, eventId }, context);
    sendWritten(reply, await this.commands.execute(command));
  }

  /** Returns one observed emotion by the id of its event. The ETag is the version for If-Match. */
  @Get('observations/:eventId')
  @UserRead(ObservationAnswer)
  async get(
    @Param(valid(ObservationPath)) { userId, eventId }: ObservationPath,
    @Query(validQuery(UserReadQuery)) _query: UserReadQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ObservationAnswer> {
    const observation = await this.queries.execute(new GetObservation(userId, eventId));
    void reply.header('etag', `"${observation.version}"`);
    return observation;
  }
}
