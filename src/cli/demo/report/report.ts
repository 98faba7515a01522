import type { FeedEvent, Profile } from '../answers.js';
import type { ReadBack } from '../read-back.js';
import type { Script, Section } from '../scripts/demo-script.js';
import { emotionReport } from './emotion-report.js';
import { answersReport, recallReport, windowReport } from './memory-report.js';
import { cut, headline, paint, subtitle, wrapped } from './paint.js';
import { plainTable } from './plain-table.js';
import type { Portrait } from './portrait.js';
import type { Summary } from './summary.js';

const SECTIONS: Record<Section, (portrait: Portrait) => string[]> = {
  profile: profileReport,
  emotions: emotionReport,
  answers: answersReport,
  window: windowReport,
};

/** The whole demonstration as text for a terminal of 100 columns. */
export function renderReport(summary: Summary, { sections }: Script): string {
  const parts = [
    opening(summary),
    ...summary.users.flatMap((user) => [
      userTitle(user),
      ...sections.map((section) => SECTIONS[section](user)),
    ]),
    recallReport(summary.recall),
    logReport(summary.tail),
    closing(summary),
  ];
  const shown = parts.filter((part) => part.length > 0).map((part) => part.join('\n'));
  return `\n${shown.join('\n\n')}\n`;
}

function opening({ title, totals, users }: Summary): string[] {
  const played = `${totals.commands} commands of ${users.length} users, played over HTTP on a scratch database.`;
  return [`${paint('bold', 'EdgeSoul Store')}  ${title}`, paint('gray', played)];
}

function userTitle({ profile, userId, about }: Portrait): string[] {
  const title = headline(profile.name ?? userId);
  return about === undefined ? [title] : [title, ...wrapped(about).map((line) => paint('italic', line))];
}

function profileReport({ profile }: Portrait): string[] {
  const rows: [string, string][] = [
    [
      'conversations',
      `${profile.totalConversations}, ${profile.totalMessages} messages, ${minutes(profile)} on average`,
    ],
    [
      'speaks',
      `${profile.preferredTone}, ${profile.responseStyle}, ${profile.emojiUsage ? 'with' : 'without'} emojis`,
    ],
    ['levels', levels(profile)],
    ['interests', profile.interests.join(', ')],
    ['dislikes', profile.dislikes.join(', ')],
  ];
  return [
    subtitle('Profile') + paint('gray', `  version ${profile.version}`),
    ...rows
      .filter(([, text]) => text !== '')
      .map(([label, text]) => `  ${paint('gray', label.padEnd(16))}  ${text}`),
  ];
}

function minutes({ avgSessionMinutes }: Profile): string {
  return `${Math.round(avgSessionMinutes)} minutes`;
}

function levels(profile: Profile): string {
  const shown: [string, number][] = [
    ['empathy', profile.empathyLevel],
    ['humor', profile.humorLevel],
    ['formality', profile.formalityLevel],
    ['verbosity', profile.verbosityLevel],
    ['proactiveness', profile.proactivenessLevel],
  ];
  return shown.map(([name, level]) => `${name} ${paint('bold', String(level))}`).join('   ');
}

function logReport(tail: FeedEvent[]): string[] {
  return [
    subtitle('The log') + paint('gray', `  its last ${tail.length} events`),
    ...plainTable(
      [{ title: '#', align: 'right' }, { title: 'type' }, { title: 'stream' }, { title: 'what happened' }],
      tail.map((event) => [
        event.position,
        event.type,
        cut(`${event.streamId} v${event.version}`, 32),
        cut(whatHappened(event), 40),
      ]),
    ),
  ];
}

function whatHappened({ type, data }: FeedEvent): string {
  if (type === 'turn.recorded') return String(data.userMessage);
  if (type === 'memory.formed') return String(data.content);
  if (type === 'emotion.observed') return `${String(data.emotion)} ${String(data.intensity)}`;
  if (type === 'memory.recalled') return (data.memoryIds as string[]).join(', ');
  if (type === 'preference.learned') return String(data.rule);
  if (type === 'profile.changed' || type === 'memory.revised')
    return Object.keys(data.changes as object).join(', ');
  return '';
}

function closing({ totals, bytes, readBack, retryRecognised }: Summary): string[] {
  const { commands, events, seconds, commandsPerSecond } = totals;
  const perSecond = Math.round(commandsPerSecond);
  return [
    `${commands} commands became ${events} events in ${seconds.toFixed(2)} s (${perSecond} commands a second), ${size(bytes)} on disk.`,
    ...readBackLines(readBack),
    ...(retryRecognised === undefined
      ? []
      : [
          tick(
            retryRecognised,
            'A turn that was sent again under its key was recognised and not stored twice.',
          ),
        ]),
  ];
}

function readBackLines(readBack: Summary['readBack']): string[] {
  const entries: [string, ReadBack][] = Object.entries(readBack).filter(([, { sent }]) => sent > 0);
  const counts = entries.map(([what, { sent, found }]) => `${found} of ${sent} ${what}`).join(', ');
  const complete = entries.every(([, { sent, found }]) => sent === found);
  return [tick(complete, `Read back as it was sent: ${counts}.`)];
}

function tick(good: boolean, text: string): string {
  return `${good ? paint('green', '✓') : paint('red', '✗')} ${text}`;
}

function size(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
