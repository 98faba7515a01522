/** The value of every series of a scrape, by its name with labels. */
export type Series = Map<string, number>;

/** A parsed scrape. */
export interface Exposition {
  series: Series;
  /** Every metric's type, by its name. */
  types: Map<string, string>;
}

const SAMPLE = /^([a-z_][a-z0-9_]*)(?:\{((?:[a-z_]+="(?:[^"\\\n]|\\[\\n"])*",?)+)\})? (\S+)$/;
const VALUE = /^(?:[+-]?Inf|Nan|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/;

/** Reads Prometheus' text format, version 0.0.4; throws at anything that a strict reader would refuse. */
export function readExposition(text: string): Exposition {
  const series: Series = new Map();
  const types = new Map<string, string>();
  let current = { name: '', type: '' };
  for (const line of linesOf(text)) {
    const [, help] = /^# HELP (\S+) .+$/.exec(line) ?? [];
    const [, name, type = ''] = /^# TYPE (\S+) (counter|gauge|histogram)$/.exec(line) ?? [];
    if (help !== undefined) current = { name: help, type: '' };
    else if (name !== undefined) {
      if (current.name !== name || types.has(name)) throw bad(line);
      current = { name, type };
      types.set(name, type);
    } else if (line !== '') addSample(series, line, current);
  }
  const histograms = [...types.keys()].filter((name) => types.get(name) === 'histogram');
  for (const name of histograms) checkBuckets(series, name);
  return { series, types };
}

/** The value of a series; 0 when the scrape does not have it. */
export function valueOf({ series }: Exposition, name: string): number {
  return series.get(name) ?? 0;
}

/** The growth of each series whose name matches, without those that did not change. */
export function growth(before: Exposition, after: Exposition, names: RegExp): Record<string, number> {
  const grown: Record<string, number> = {};
  for (const [name, value] of after.series) {
    const by = value - valueOf(before, name);
    if (names.test(name) && by !== 0) grown[name] = by;
  }
  return grown;
}

function linesOf(text: string): string[] {
  if (!text.endsWith('\n')) throw bad('the last line does not end');
  return text.slice(0, -1).split('\n');
}

function addSample(series: Series, line: string, metric: { name: string; type: string }): void {
  const [, name = '', labels, value = ''] = SAMPLE.exec(line) ?? [];
  const metricName = metric.type === 'histogram' ? name.replace(/_(bucket|sum|count)$/, '') : name;
  const key = labels === undefined ? name : `${name}{${labels}}`;
  if (metric.type === '' || metricName !== metric.name || !VALUE.test(value) || series.has(key))
    throw bad(line);
  series.set(key, Number(value.replace('Inf', 'Infinity')));
}

/** Throws unless the buckets are cumulative and the last of them equals the count. */
function checkBuckets(series: Series, name: string): void {
  const last = new Map<string, number>();
  for (const [key, value] of series) {
    if (!key.startsWith(`${name}_bucket{`)) continue;
    const labels = key.slice(name.length + 7).replace(/[{,]?le="[^"]+",?/, '');
    if (value < (last.get(labels) ?? 0)) throw bad(key);
    last.set(labels, value);
    const count = labels === '}' ? `${name}_count` : `${name}_count{${labels.replace(/^\{/, '')}`;
    if (key.includes('le="+Inf"') && series.get(count) !== value) throw bad(key);
  }
}

function bad(line: string): Error {
  return new Error(`Not in Prometheus' text format: ${line}`);
}
