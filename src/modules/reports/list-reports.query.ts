import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { REPORTS } from './report-catalog.js';
import { parametersOf } from './report-pipe.js';
import type { ReportDefinition } from './report.js';
import type { ListedReport, ReportsAnswer } from './reports-answer.dto.js';

/** Lists the reports, with what they can be asked and how they are computed. */
export class ListReports extends Query<ReportsAnswer> {}

@QueryHandler(ListReports)
export class ListReportsHandler implements IQueryHandler<ListReports> {
  async execute(): Promise<ReportsAnswer> {
    return { items: REPORTS.map(listed) };
  }
}

function listed(definition: ReportDefinition): ListedReport {
  const { name, version, description, groups, measures } = definition;
  return {
    name,
    path: `/v1/reports/${name}`,
    version,
    description,
    parameters: parametersOf(definition),
    ownParameters: { ...definition.ownParameters },
    groups: [...groups],
    measures: measures.map(({ name: measure, type, onRequest, formula }) => ({
      name: measure,
      type,
      byDefault: !onRequest,
      formula,
    })),
    formulas: { ...definition.formulas },
    mappings: Object.fromEntries(
      Object.entries(definition.mappings ?? {}).map(([mapping, values]) => [mapping, { ...values }]),
    ),
  };
}
