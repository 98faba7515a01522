/** Runs the work for every item, at most `lanes` at a time; rejects with the first failure. */
export async function eachAtMost<T>(lanes: number, items: readonly T[], work: (item: T) => Promise<void>) {
  const queue = items.values();
  const lane = async () => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
