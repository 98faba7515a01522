import { ReportAnswer } from '../reports-answer.dto.js';

/** One period of a cohort. */
export class CohortPeriodAnswer {
  /** 0 is the period of joining. */
  period: number;
  /** Users of the cohort for whom it is over: the denominator. */
  complete: number;
  /** Those of them who were active. */
  users: number;
  /** users / complete; null while it is over for nobody. */
  rate: number | null;
  /** With measure=turns: their turns. */
  turns?: number;
  /** With measure=mood: their observations of emotions with a valence. */
  n?: number;
  /** With measure=turns: turns / complete. With measure=mood: mean valence, -1..1. */
  mean?: number | null;
}

/** The users who joined in the same day, week or month. */
export class CohortItem {
  /** Its first local day. */
  cohort: string;
  size: number;
  periods: CohortPeriodAnswer[];
}

/** All users of the report as one cohort. */
export class CohortsSummary {
  size: number;
  periods: CohortPeriodAnswer[];
}

/** The report on cohorts; items by the first day of the cohort. */
export class CohortsReportAnswer extends ReportAnswer {
  items: CohortItem[];
  summary: CohortsSummary;
}
