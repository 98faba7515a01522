/** Passes rows on, and calls `onRows` with their number so far: after every 1,000 rows, and at the end. */
export async function* countedRows<Row extends object>(
  rows: AsyncIterable<Row>,
  onRows: (count: number) => void,
): AsyncGenerator<Row, void> {
  let count = 0;
  for await (const row of rows) {
    yield row;
    if (++count % 1_000 === 0) onRows(count);
  }
  onRows(count);
}
