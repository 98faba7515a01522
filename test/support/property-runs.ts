/** Less than the time that Jest allows a test, ms: see `testTimeout`. */
const LIMIT_MS = 150_000;

/**
 * How often a property is tried: `usual` times the PROPERTY_RUNS of the environment, 1 by default. Each run of
 * the tests draws other cases, so few of them find in time what many find at once. A failure whose cases take long
 * to make smaller is reported with the smallest found in time, and a case that hangs fails.
 */
export function propertyRuns(usual: number): {
  numRuns: number;
  interruptAfterTimeLimit: number;
  markInterruptAsFailure: true;
} {
  const times = Number(process.env.PROPERTY_RUNS ?? 1);
  return {
    numRuns: usual * times,
    interruptAfterTimeLimit: LIMIT_MS * times,
    markInterruptAsFailure: true,
  };
}
