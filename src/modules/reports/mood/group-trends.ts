import { compareGroups, type Cell, type GroupValue } from '../sums/bucket-table.js';
import type { MoodCell } from './mood-cell.js';
import { moodTrend, type BucketMean } from './mood-trend.js';

/** Groups of which a summary has a trend of their own. */
const MAX_GROUP_TRENDS = 1_000;

/** The trend of each group; nothing without groups, or with more than MAX_GROUP_TRENDS of them. */
export function groupTrends(cells: readonly Cell<MoodCell>[], names: readonly string[]): object {
  const groups = new Map<string, { group: readonly GroupValue[]; means: BucketMean[] }>();
  for (const { bucket, group, sum } of cells) {
    const mean = sum.values.moments.mean();
    if (mean === null) continue;
    const key = JSON.stringify(group);
    const known = groups.get(key) ?? { group, means: [] };
    known.means.push([bucket, mean]);
    groups.set(key, known);
  }
  if (names.length === 0) return {};
  if (groups.size > MAX_GROUP_TRENDS) return { groups: null };
  const sorted = [...groups.values()].toSorted((a, b) => compareGroups(a.group, b.group));
  const trends = sorted.map(({ group, means }) => ({
    ...Object.fromEntries(names.map((name, i) => [name, group[i]])),
    ...moodTrend(means),
  }));
  return { groups: trends };
}
