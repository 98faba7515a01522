import { stemmedLanguage } from '../../database/stems.js';
import type { MemoryRow } from '../../projections/memory-index.projection.js';
import type { MemorySummaryRow } from '../../projections/memory/memory-summaries.js';
import type { FormMemoryBody } from './commands/form-memory.command.js';
import type { ReviseMemoryBody } from './commands/revise-memory.command.js';
import { detectLanguage, ENGLISH } from './detect-language.js';

/**
 * Returns the language of a new memory: as said, else as detected, else the one of most memories of the user.
 */
export function formedLanguage(
  summary: MemorySummaryRow | undefined,
  { language, content }: Pick<FormMemoryBody, 'language' | 'content'>,
): { language?: string } {
  const known = language ?? detectLanguage(content, usualLanguage(summary));
  return known === undefined ? {} : { language: known };
}

/** Returns the new language of a revised memory, if its content or its language changes. */
export function revisedLanguage(
  current: MemoryRow,
  { language, content }: Pick<ReviseMemoryBody, 'language' | 'content'>,
): { language?: string } {
  if (language !== undefined || content === undefined || content === current.content) return {};
  const before = current.language?.split('-', 1)[0] ?? ENGLISH;
  const detected = detectLanguage(content, before) ?? before;
  return isSame(detected, before) ? {} : { language: detected };
}

/** Whether two languages are one to the index: then the name of it that is known stays. */
function isSame(detected: string, before: string): boolean {
  return (stemmedLanguage(detected) ?? detected) === (stemmedLanguage(before) ?? before);
}

/** The language of most of a user's memories; undefined without any. */
function usualLanguage(summary: MemorySummaryRow | undefined): string | undefined {
  if (!summary || summary.total === 0) return undefined;
  const counts = Object.entries(summary.languages ?? {});
  const others = counts.reduce((sum, [, count]) => sum + count, 0);
  const [usual] = [[ENGLISH, summary.total - others] as const, ...counts].toSorted(
    ([a, m], [b, n]) => n - m || (a < b ? -1 : 1),
  );
  return usual?.[0];
}
