import { Module, type BeforeApplicationShutdown } from '@nestjs/common';
import { Store } from '../../store/store.js';
import { ListReportsHandler } from './list-reports.query.js';
import { PrepareReportHandler } from './prepare-report.query.js';
import { ReportAnswers } from './report-answers.js';
import { ReportThread } from './report-thread.js';
import { ReportsController } from './reports.controller.js';

/** Reports over all users, computed in a thread of their own. */
@Module({
  controllers: [ReportsController],
  providers: [
    ListReportsHandler,
    PrepareReportHandler,
    ReportAnswers,
    { provide: ReportThread, inject: [Store], useFactory: ({ address }: Store) => new ReportThread(address) },
  ],
})
export class ReportsModule implements BeforeApplicationShutdown {
  constructor(private readonly thread: ReportThread) {}

  beforeApplicationShutdown(): Promise<void> {
    return this.thread.close();
  }
}
