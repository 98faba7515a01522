/** A continued fraction has converged when a step changes it by less. */
const PRECISION = 1e-16;
/** From here on the series of the ratio of gamma functions is exact to 1e-13. */
const LARGE = 40;
const MAX_STEPS = 100_000;

/**
 * Returns the quantile t of Student's distribution: P(T <= t) = p. `p` is in (0, 1), `df` (degrees of
 * freedom) at least 1. Newton's method on the incomplete beta function, kept within a bracket.
 */
export function tQuantile(p: number, df: number): number {
  if (p < 0.5) return -tQuantile(1 - p, df);
  let [low, high] = [0, 1];
  while (upperTail(high, df) > 1 - p) [low, high] = [high, high * 2];
  let t = (low + high) / 2;
  for (let step = 0; step < 200; step += 1) {
    const excess = upperTail(t, df) - (1 - p);
    if (excess > 0) low = t;
    else high = t;
    const newton = t + excess / density(t, df);
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - t) <= 2 * Number.EPSILON * t) return next;
    t = next;
  }
  return t;
}

/** P(T > t) for t >= 0: half the incomplete beta function I_x(df/2, 1/2) at x = df / (df + t^2). */
function upperTail(t: number, df: number): number {
  const x = df / (df + t * t);
  const y = (t * t) / (df + t * t);
  const [a, b] = [df / 2, 0.5];
  const front = (gammaRatio(a) / Math.sqrt(Math.PI)) * Math.exp(a * Math.log1p(-y)) * Math.sqrt(y);
  const half =
    x < (a + 1) / (a + b + 2) ? (front * fraction(a, b, x)) / a : 1 - (front * fraction(b, a, y)) / b;
  return half / 2;
}

function density(t: number, df: number): number {
  const power = Math.exp((-(df + 1) / 2) * Math.log1p((t * t) / df));
  return (gammaRatio(df / 2) / Math.sqrt(df * Math.PI)) * power;
}

/** Returns G(a + 1/2) / G(a), by G's recurrence and, for large a, its asymptotic series. */
function gammaRatio(a: number): number {
  let factor = 1;
  let large = a;
  for (; large < LARGE; large += 1) factor *= large / (large + 0.5);
  const i = 1 / large;
  const series = 1 - i / 8 + i ** 2 / 128 + (5 * i ** 3) / 1_024 - (21 * i ** 4) / 32_768;
  return factor * Math.sqrt(large) * (series - (399 * i ** 5) / 262_144);
}

/** The continued fraction of the incomplete beta function, by Lentz's method (DLMF 8.17.22). */
function fraction(a: number, b: number, x: number): number {
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1));
  let value = d;
  for (let m = 1; m < MAX_STEPS; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d);
    c = 1 + even / c;
    value *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d);
    c = 1 + odd / c;
    value *= d * c;
    if (Math.abs(d * c - 1) < PRECISION) break;
  }
  return value;
}
