import { DamagedDatabase } from '../../errors.js';
import type { Finding } from '../verify/verify-log.js';
import type { VerifyReport } from '../verify/verify-store.js';

/** What was folded again, because it was not what the log yields. */
export interface Refolded {
  /** The projections with the number of rows that differed. */
  projections: { name: string; differences: number }[];
  /** What was wrong beside the rows: the full-text index, checkpoints, damaged storage. */
  findings: string[];
}

/** A verification, after what follows from the log was made again, if nothing else was wrong. */
export interface VerifiedAndRefolded {
  report: VerifyReport;
  /** Null if nothing had to be folded again. */
  refolded: Refolded | null;
}

/** What a new fold mends, or shows to be damage of something else. */
const DERIVED: ReadonlySet<Finding['check']> = new Set(['index', 'checkpoint', 'storage']);

/**
 * Verifies, and if only rows or indexes are wrong, folds them again and verifies once more. So nothing that
 * is derived from the log can keep the log from coming back.
 */
export async function verifyRefolded(
  verify: () => Promise<VerifyReport>,
  rebuild: () => Promise<unknown>,
): Promise<VerifiedAndRefolded> {
  const report = await verify();
  if (report.ok || !report.findings.every(({ check }) => DERIVED.has(check)))
    return { report, refolded: null };
  try {
    await rebuild();
  } catch (error) {
    // The damage is not only in what a rebuild replaces.
    if (error instanceof DamagedDatabase) return { report, refolded: null };
    throw error;
  }
  return { report: await verify(), refolded: refoldedIn(report) };
}

function refoldedIn({ projections, findings }: VerifyReport): Refolded {
  return {
    projections: projections.flatMap(({ name, differences }) =>
      differences > 0 ? [{ name, differences }] : [],
    ),
    findings: findings.map(({ what }) => what),
  };
}
