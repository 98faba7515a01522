import type { IncomingHttpHeaders } from 'node:http';
import { Controller, Get, Headers, Param, Query, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiExcludeEndpoint, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { InvalidInput } from '../../errors.js';
import { Scoped } from '../../http/access/scoped.js';
import { CohortsReportAnswer } from './cohorts/cohorts-answer.dto.js';
import { CohortsReportQuery } from './cohorts/cohorts-query.dto.js';
import { cohortsReport } from './cohorts/cohorts.report.js';
import { emotionsReport } from './emotions.report.js';
import { eventHistogram } from './histogram.report.js';
import { ListReports } from './list-reports.query.js';
import { memoriesReport } from './memories.report.js';
import { MoodReportAnswer } from './mood/mood-answer.dto.js';
import { MoodReportQuery } from './mood/mood-query.dto.js';
import { moodReport } from './mood/mood.report.js';
import {
  EmotionsReportQuery,
  EventHistogramQuery,
  MemoriesReportQuery,
  UsageReportQuery,
} from './query/reports-query.dto.js';
import { ReportAnswers } from './report-answers.js';
import { REPORTS } from './report-catalog.js';
import { validReport } from './report-pipe.js';
import { ReportRoute } from './report-route.js';
import {
  EmotionsReportAnswer,
  EventHistogramAnswer,
  MemoriesReportAnswer,
  ReportsAnswer,
  UsageReportAnswer,
} from './reports-answer.dto.js';
import { usageReport } from './usage.report.js';

@ApiTags('reports')
@Scoped(['analyst'], { usersIn: 'query' })
@Controller('v1')
export class ReportsController {
  constructor(
    private readonly queries: QueryBus,
    private readonly answers: ReportAnswers,
  ) {}

  /** Lists the reports: what they can be asked, and how their numbers are computed. */
  @Get('reports')
  @ApiOkResponse({ type: ReportsAnswer })
  list(): Promise<ReportsAnswer> {
    return this.queries.execute(new ListReports());
  }

  /** Returns how often and how strongly emotions are observed, over time and by group. */
  @Get('reports/emotions')
  @ReportRoute(EmotionsReportAnswer)
  emotions(
    @Query(validReport(emotionsReport, EmotionsReportQuery)) query: EmotionsReportQuery,
    @Headers() headers: IncomingHttpHeaders,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.answers.send({ name: 'emotions', path: '/v1/reports/emotions', query }, headers, reply);
  }

  /** Returns how pleasant the observed emotions are: level, spread and course, by time and group. */
  @Get('reports/mood')
  @ReportRoute(MoodReportAnswer)
  mood(
    @Query(validReport(moodReport, MoodReportQuery)) query: MoodReportQuery,
    @Headers() headers: IncomingHttpHeaders,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.answers.send({ name: 'mood', path: '/v1/reports/mood', query }, headers, reply);
  }

  /** Returns whether users come back: by when they joined, and by how long ago that was. */
  @Get('reports/cohorts')
  @ReportRoute(CohortsReportAnswer)
  cohorts(
    @Query(validReport(cohortsReport, CohortsReportQuery)) query: CohortsReportQuery,
    @Headers() headers: IncomingHttpHeaders,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.answers.send({ name: 'cohorts', path: '/v1/reports/cohorts', query }, headers, reply);
  }

  /** Returns how much the companion is used: turns, sessions, memories, emotions and users. */
  @Get('reports/usage')
  @ReportRoute(UsageReportAnswer)
  usage(
    @Query(validReport(usageReport, UsageReportQuery)) query: UsageReportQuery,
    @Headers() headers: IncomingHttpHeaders,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.answers.send({ name: 'usage', path: '/v1/reports/usage', query }, headers, reply);
  }

  /** Returns what becomes of memories: formed, revised, forgotten, recalled or never recalled. */
  @Get('reports/memories')
  @ReportRoute(MemoriesReportAnswer)
  memories(
    @Query(validReport(memoriesReport, MemoriesReportQuery)) query: MemoriesReportQuery,
    @Headers() headers: IncomingHttpHeaders,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.answers.send({ name: 'memories', path: '/v1/reports/memories', query }, headers, reply);
  }

  /** Returns how many events of each type there are, over time. */
  @Get('events/histogram')
  @ReportRoute(EventHistogramAnswer)
  histogram(
    @Query(validReport(eventHistogram, EventHistogramQuery)) query: EventHistogramQuery,
    @Headers() headers: IncomingHttpHeaders,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.answers.send({ name: 'events', path: '/v1/events/histogram', query }, headers, reply);
  }

  /** Any other name is refused with those that there are. */
  @Get('reports/:name')
  @ApiExcludeEndpoint()
  unknown(@Param('name') name: string): never {
    const known = REPORTS.map((report) => report.name).join(', ');
    throw InvalidInput.field('name', `must be one of ${known}; there is no report ${name.slice(0, 100)}`);
  }
}
