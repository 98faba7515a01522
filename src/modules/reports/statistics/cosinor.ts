/** Fewer hours leave the fit no degree of freedom. */
export const MIN_COSINOR_HOURS = 4;

export interface Cosinor {
  /** The mean around which the day swings. */
  mesor: number;
  amplitude: number;
  /** The hour of the highest value, in [0, 24). */
  peakHour: number;
  /** F of the fit, with 2 and n - 3 degrees of freedom; null for a perfect fit. */
  f: number | null;
  /** The probability of such an F without a daily rhythm. */
  p: number | null;
}

/**
 * Fits y = M + B cos(w t) + G sin(w t), w = 2 pi / 24, to values by hour (Cornelissen 2014): A = sqrt(B^2 +
 * G^2), peak = atan2(G, B) / w, F = ((SST - SSE) / 2) / (SSE / (n - 3)). Null for fewer than 4 hours, for
 * hours that do not determine the three coefficients, and for values that never differ.
 */
export function cosinor(points: readonly (readonly [hour: number, value: number])[]): Cosinor | null {
  const n = points.length;
  if (n < MIN_COSINOR_HOURS) return null;
  const omega = (2 * Math.PI) / 24;
  const rows = points.map(([hour, y]) => ({ c: Math.cos(omega * hour), s: Math.sin(omega * hour), y }));
  const center = (of: 'c' | 's' | 'y') => rows.reduce((sum, row) => sum + row[of], 0) / n;
  const [meanC, meanS, meanY] = [center('c'), center('s'), center('y')];
  let [cc, ss, cs, cy, sy, sst] = [0, 0, 0, 0, 0, 0];
  for (const row of rows) {
    const [c, s, y] = [row.c - meanC, row.s - meanS, row.y - meanY];
    cc += c * c;
    ss += s * s;
    cs += c * s;
    cy += c * y;
    sy += s * y;
    sst += y * y;
  }
  const determinant = cc * ss - cs * cs;
  if (determinant < 1e-9 || sst === 0) return null;
  const b = (cy * ss - sy * cs) / determinant;
  const g = (sy * cc - cy * cs) / determinant;
  const explained = Math.min(sst, b * cy + g * sy);
  const sse = sst - explained;
  const f = sse <= sst * Number.EPSILON * n ? null : explained / 2 / (sse / (n - 3));
  const peakHour = (Math.atan2(g, b) / omega + 24) % 24;
  const p = f === null ? null : (1 + (2 * f) / (n - 3)) ** (-(n - 3) / 2);
  return { mesor: meanY - b * meanC - g * meanS, amplitude: Math.hypot(b, g), peakHour, f, p };
}
