/**
 * How often a property is tried: `usual` times the PROPERTY_RUNS of the environment, 1 by default. Each run of
 * the tests draws other cases, so few of them find in time what many find at once.
 */
export function propertyRuns(usual: number): { numRuns: number } {
  return { numRuns: usual * Number(process.env.PROPERTY_RUNS ?? 1) };
}
