import { compareGroups, type Cell, type GroupValue } from './bucket-table.js';

/** What `top` does, as reports explain it. */
export const TOP = 'Only the groups with the most observations in the whole range.';

/** Returns whether a group is among the `top` ones by count over all cells; of equal ones, the first. */
export function topGroups<Sum>(
  cells: readonly Cell<Sum>[],
  top: number | undefined,
  countOf: (sum: Sum) => number,
): (group: readonly GroupValue[]) => boolean {
  if (top === undefined) return () => true;
  // Cells of one series share the array of their group.
  const counts = new Map<readonly GroupValue[], number>();
  for (const { group, sum } of cells) counts.set(group, (counts.get(group) ?? 0) + countOf(sum));
  const sorted = [...counts].toSorted(([a, n], [b, m]) => m - n || compareGroups(a, b));
  const kept = new Set(sorted.slice(0, top).map(([group]) => group));
  return (group) => kept.has(group);
}
