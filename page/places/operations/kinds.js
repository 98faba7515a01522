import { count, duration, size } from '../../dom/format.js';

/**
 * Long work that the page may start. Nothing of it destroys anything.
 * @typedef {object} Kind
 * @property {string} name
 * @property {string} action
 * @property {string} does
 * @property {string} path
 * @property {(job: any) => { text: string, good: boolean }} outcome of what `path/{id}` answers
 * @property {string} unit of the progress
 */

/** @type {Record<string, Kind>} */
export const KINDS = {
  verification: {
    name: 'Verification',
    action: 'Verify',
    does: 'Reads the whole log, checks its hashes, and compares every projection with what its events yield. Nothing is changed.',
    path: '/v1/ops/verifications',
    unit: 'events',
    outcome: ({ ok, events, findings, error }) =>
      error
        ? bad(error)
        : ok
          ? good(`${count(events)} events and all rows are right`)
          : bad(`${count(findings.length)} findings: ${findings[0]?.what ?? 'rows differ'}`),
  },
  backup: {
    name: 'Backup',
    action: 'Back up',
    does: 'Writes a full, compressed copy of the store into the backup folder and reads it back. The service keeps running.',
    path: '/v1/ops/backups',
    unit: 'bytes',
    outcome: ({ file, bytes, error }) => (error ? bad(error.message) : good(`${file}, ${size(bytes)}`)),
  },
  drill: {
    name: 'Restore drill',
    action: 'Drill',
    does: 'Restores the newest backup into a scratch file and compares it, to prove that it works. Nothing else changes.',
    path: '/v1/ops/drills',
    unit: '',
    outcome: ({ proof, error }) =>
      error
        ? bad(error.message)
        : good(`${count(proof?.events ?? 0)} events restored in ${duration((proof?.ms ?? 0) / 1000)}`),
  },
  rebuild: {
    name: 'Rebuild',
    action: 'Rebuild all',
    does: 'Fills new tables from the log while the live ones answer, then swaps them. It can be cancelled until then.',
    path: '/v1/ops/rebuilds',
    unit: 'events',
    outcome: ({ swapped, failed, differences, error }) => {
      if (error) return bad(error);
      if (failed.length > 0)
        return bad(
          `${failed[0].projection} stopped at position ${count(failed[0].position)}: ${failed[0].cause}`,
        );
      const different = differences.reduce(
        (/** @type {number} */ sum, /** @type {any} */ each) => sum + each.differences,
        0,
      );
      return good(
        `${swapped.join(', ')}: ${different === 0 ? 'no row was different' : `${count(different)} rows were different`}`,
      );
    },
  },
};

const good = (/** @type {string} */ text) => ({ text, good: true });
const bad = (/** @type {string} */ text) => ({ text, good: false });
