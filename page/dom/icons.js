import { svg } from './h.js';

/** Paths of 20 x 20 line icons. */
const PATHS = {
  overview: 'M3 11h5V3H3zM12 17h5V9h-5zM3 17h5v-3H3zM12 6h5V3h-5z',
  emotions: 'M2 12c2.5-7 4-7 6-2s3.5 5 5 0 3-3 5-1',
  user: 'M10 10a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM3.5 17c.6-3.5 3.2-5 6.5-5s5.9 1.5 6.5 5',
  reports: 'M4 17V9M8 17V4M12 17v-6M16 17V7',
  events: 'M4 5h2M4 10h2M4 15h2M9 5h8M9 10h8M9 15h8',
  operations:
    'M10 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM10 2v3M10 15v3M2 10h3M15 10h3M4.3 4.3l2.1 2.1M13.6 13.6l2.1 2.1M15.7 4.3l-2.1 2.1M6.4 13.6l-2.1 2.1',
  table: 'M3 4h14v12H3zM3 8h14M3 12h14M8 4v12',
  chart: 'M3 16h14M4 13l4-4 3 2 5-6',
  help: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM8 8.2c.2-2.6 4.2-2.4 4 0-.1 1.4-2 1.5-2 3.3M10 14v.1',
  theme: 'M10 17a7 7 0 1 0 0-14zM10 17a7 7 0 0 1 0-14',
  clock: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM10 6v4l3 2',
  close: 'M5 5l10 10M15 5L5 15',
  left: 'M12 4l-6 6 6 6',
  right: 'M8 4l6 6-6 6',
  pause: 'M7 4v12M13 4v12',
  play: 'M6 4l10 6-10 6z',
};

/**
 * @param {keyof typeof PATHS} name
 * @returns {SVGElement}
 */
export function icon(name) {
  return svg(
    'svg',
    { class: 'icon', viewBox: '0 0 20 20', width: 20, height: 20, 'aria-hidden': 'true' },
    svg('path', { d: PATHS[name] }),
  );
}
