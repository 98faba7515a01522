/** A memory and its links, on its own side; null for none. */
export interface Linked {
  memoryId: string;
  supersedes: readonly string[] | null;
  supersededBy: string | null;
  contradicts: readonly string[] | null;
}

/** Changes another memory of the same user, if it exists. */
export type ChangeOther = (memoryId: string, change: (other: Linked) => Partial<Linked>) => void;

const NO_LINKS = { supersedes: null, contradicts: null };

/** Brings the other ends of a memory's links in line with its row. */
export function followLinks(
  change: ChangeOther,
  after: Linked,
  before: Pick<Linked, 'supersedes' | 'contradicts'> = NO_LINKS,
): void {
  const { memoryId } = after;
  if (after.supersedes !== before.supersedes) {
    for (const id of without(before.supersedes, after.supersedes))
      change(id, ({ supersededBy }) => (supersededBy === memoryId ? { supersededBy: null } : {}));
    for (const id of without(after.supersedes, before.supersedes))
      change(id, () => ({ supersededBy: memoryId }));
  }
  if (after.contradicts === before.contradicts) return;
  for (const id of without(before.contradicts, after.contradicts))
    change(id, ({ contradicts }) => ({ contradicts: idList(without(contradicts, [memoryId])) }));
  for (const id of without(after.contradicts, before.contradicts))
    change(id, ({ contradicts }) => ({ contradicts: idList([...(contradicts ?? []), memoryId]) }));
}

/** Takes a forgotten memory out of the links of all others. */
export function cutLinks(change: ChangeOther, gone: Linked): void {
  followLinks(change, { ...gone, ...NO_LINKS }, gone);
  if (gone.supersededBy === null) return;
  change(gone.supersededBy, ({ supersedes }) => ({
    supersedes: idList(without(supersedes, [gone.memoryId])),
  }));
}

/** The ids as a row has them: each once, in order; null for none. */
export function idList(ids: readonly string[]): string[] | null {
  return ids.length === 0 ? null : [...new Set(ids)].toSorted();
}

function without(ids: readonly string[] | null, others: readonly string[] | null): string[] {
  if (!ids) return [];
  return others ? ids.filter((id) => !others.includes(id)) : [...ids];
}
