import { EventDecoder } from '../../src/events/log/event-decoder.js';
import {
  verifyStore,
  type VerifyParts,
  type VerifyReport,
} from '../../src/operations/verify/verify-store.js';
import { PROJECTIONS } from '../../src/projections/projection-catalog.js';
import { readStore } from '../../src/store/open-store-reader.js';
import type { TestDatabase } from './test-database.js';

/** Verifies a store over new connections. */
export function verified(
  db: Pick<TestDatabase, 'address'>,
  parts: Partial<VerifyParts> = {},
): Promise<VerifyReport> {
  const decoder = new EventDecoder();
  return readStore(db.address, (reader) =>
    verifyStore({ reader, decoder, projections: PROJECTIONS, ...parts }),
  );
}

/** The problems in a report: the checks with findings, and the projections with differences. */
export function problemsIn({ findings, projections }: VerifyReport): string[] {
  const differing = projections.filter(({ differences }) => differences > 0);
  return [
    ...new Set([...findings.map(({ check }) => check), ...differing.map(({ name }) => name)]),
  ].toSorted();
}
