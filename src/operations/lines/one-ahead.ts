/**
 * Yields the items of the source, and asks for the next one while the consumer works on the present one:
 * files are read and parsed while the database writes. At most one item is held.
 */
export async function* oneAhead<T>(source: AsyncGenerator<T>): AsyncGenerator<T> {
  let next = ask(source);
  try {
    for (;;) {
      const item = await next;
      if (item.done) return;
      next = ask(source);
      yield item.value;
    }
  } finally {
    // When the consumer stops early, what it did not ask for is finished first, so that nothing stays open.
    await next.catch(() => undefined);
    await source.return(undefined);
  }
}

function ask<T>(source: AsyncGenerator<T>): Promise<IteratorResult<T, unknown>> {
  const asked = source.next();
  // A failure is thrown where the item is awaited.
  asked.catch(() => undefined);
  return asked;
}
