/** Runs the steps one after another. */
export async function runAll(steps: readonly (() => unknown)[]): Promise<void> {
  for (const step of steps) await step();
}
