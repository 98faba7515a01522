import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The rules of ops/alerts.yml, each as its text. */
const RULES = new Map(
  readFileSync(join(import.meta.dirname, '../../ops/alerts.yml'), 'utf8')
    .split(/^ {6}- alert: /m)
    .slice(1)
    .map((rule) => [rule.split('\n')[0] ?? '', rule]),
);

describe('the alerts', () => {
  it('see one silent process of several', () => {
    expect(RULES.get('EdgeSoulNotScraped')).toMatch(/expr: up\{.*\} == 0 or absent\(up\{/);
    // absent() of a metric is silent as long as a single process still reports it.
    for (const rule of RULES.values()) expect(rule).not.toMatch(/absent\(edgesoul_/);
  });

  it('extrapolate only what was measured for as long as their window', () => {
    const extrapolating = [...RULES.values()].filter((rule) => /predict_linear|deriv/.test(rule));
    expect(extrapolating).toHaveLength(2);
    for (const rule of extrapolating) {
      const [, window] = /\[(\d+h)\]/.exec(rule) ?? [];
      expect(rule).toContain(`offset ${window} >= 0`);
      expect(rule).toMatch(/for: [12]h/);
    }
  });
});
