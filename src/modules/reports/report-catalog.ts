import { cohortsReport } from './cohorts/cohorts.report.js';
import { emotionsReport } from './emotions.report.js';
import { eventHistogram } from './histogram.report.js';
import { memoriesReport } from './memories.report.js';
import { moodReport } from './mood/mood.report.js';
import type { ReportDefinition } from './report.js';
import { usageReport } from './usage.report.js';

/** The reports, as `GET /v1/reports` lists them. */
export const REPORTS: readonly ReportDefinition[] = [
  emotionsReport,
  moodReport,
  usageReport,
  cohortsReport,
  memoriesReport,
];

/** Everything that is computed from facts. */
const DEFINITIONS: readonly ReportDefinition[] = [...REPORTS, eventHistogram];

/** The definition of a name. */
export function definitionOf(name: string): ReportDefinition {
  const definition = DEFINITIONS.find((each) => each.name === name);
  if (!definition) throw new Error(`There is no report ${name}.`);
  return definition;
}
