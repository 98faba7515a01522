import { workerData } from 'node:worker_threads';
import { move, transferableSymbol, valueSymbol } from 'piscina';
import { lowerPriority } from '../../low-priority.js';
import type { Task } from '../../operations/thread-task.js';
import type { DatabaseAddress } from '../../store/database-address.js';
import { readStore } from '../../store/open-store-reader.js';
import { toResult } from '../../thread-result.js';
import { computeReport, type ReportQuestion } from './compute-report.js';
import { definitionOf } from './report-catalog.js';
import { writeReport, type ReportFormat, type ReportHead } from './write-report.js';

// A worker thread that computes one report at a time and writes it. Its answer is transferred, not copied.
const { address } = workerData as { address: DatabaseAddress };
lowerPriority();

/** A report to compute, and what its answer says beside the items. */
export interface ReportTask extends ReportQuestion {
  name: string;
  format: ReportFormat;
  head: ReportHead;
}

export default async function report({ input }: Task<ReportTask>): Promise<unknown> {
  const result = await toResult(() => answerTo(input));
  if ('error' in result) return result;
  return move({ [transferableSymbol]: result.value.map(({ buffer }) => buffer), [valueSymbol]: result });
}

async function answerTo({ name, format, head, ...question }: ReportTask): Promise<Uint8Array[]> {
  const definition = definitionOf(name);
  const computed = await readStore(address, (reader) => computeReport(reader, definition, question));
  const parts = await writeReport(definition, question.query, { computed, head, format });
  // Each part needs memory of its own, which small buffers share.
  return parts.map((part) => Uint8Array.from(part));
}
