import type { EmotionPattern } from '../answers.js';
import { barCharts, courseOf, sparkline } from './emotion-charts.js';
import { paint, paintEmotion, subtitle } from './paint.js';
import { plainTable } from './plain-table.js';
import type { Portrait } from './portrait.js';

const CHARTED_EMOTIONS = 3;
const TRIGGERS_SHOWN = 3;

const DIRECTIONS = {
  increasing: { word: '↗ rising', colour: 'green' },
  decreasing: { word: '↘ falling', colour: 'yellow' },
  stable: { word: '→ stable', colour: 'gray' },
} as const;

/** A user's emotions as a table and the course of the most frequent ones as charts. */
export function emotionReport({ emotions, trend }: Portrait): string[] {
  if (emotions.length === 0) return [];
  return [subtitle('What was felt'), ...emotionTable(emotions), '', ...courseReport(emotions, trend)];
}

function emotionTable(emotions: EmotionPattern[]): string[] {
  return plainTable(
    [
      { title: 'emotion' },
      { title: 'times', align: 'right' },
      { title: 'mean', align: 'right' },
      { title: 'spread', align: 'right' },
      { title: 'most often with', width: 22 },
      { title: '0h    6h    12h   18h   ' },
      { title: 'trend' },
    ],
    emotions.map((emotion) => [
      paintEmotion(emotion.emotion, emotion.emotion),
      emotion.frequency,
      emotion.meanIntensity.toFixed(2),
      `±${Math.sqrt(emotion.variance).toFixed(2)}`,
      topTriggers(emotion),
      paintEmotion(emotion.emotion, sparkline(emotion.hours)),
      trendOf(emotion),
    ]),
  );
}

function topTriggers({ triggers }: EmotionPattern): string {
  return triggers
    .slice(0, TRIGGERS_SHOWN)
    .map(({ trigger, count }) => (count > 1 ? `${trigger} ${count}×` : trigger))
    .join(', ');
}

function trendOf({ trend }: EmotionPattern): string {
  const { word, colour } = DIRECTIONS[trend.direction];
  const confidence = trend.direction === 'stable' ? '' : ` ${Math.round(trend.confidence * 100)} %`;
  return paint(colour, word + confidence);
}

function courseReport(emotions: EmotionPattern[], trend: Portrait['trend']): string[] {
  // `neutral` is the absence of an emotion, and its frequency would flatten the other bars.
  const charted = emotions
    .map(({ emotion }) => emotion)
    .filter((emotion) => emotion !== 'neutral')
    .slice(0, CHARTED_EMOTIONS);
  const course = courseOf(trend.points, charted, trend.bucket);
  const bars = course.series[0]?.counts.length ?? 0;
  if (bars < 2) return [];
  const per = course.bucketsPerBar === 1 ? `a ${trend.bucket}` : `${course.bucketsPerBar} ${trend.bucket}s`;
  return [
    subtitle('How it went') + paint('gray', `  times felt, a bar is ${per}, from ${course.from} on`),
    ...barCharts(course),
  ];
}
