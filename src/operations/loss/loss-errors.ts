import { Refused } from '../../errors.js';
import type { Loss } from './find-loss.js';

// What is said about missing events, each sentence once.

/** What is missing, what knows it, and what to do. */
export function lossText(loss: Loss): string {
  return `${missingText(loss)} ${wayOnText(loss)}`;
}

/** How many acknowledged events are missing, and where. */
export function missingText({ position, source, keptUpTo }: Loss): string {
  const count = position - keptUpTo;
  const events = count === 1 ? 'event is' : 'events are';
  return `${count} acknowledged ${events} missing: the log had been at position ${position}, as ${source} shows, but what is after position ${keptUpTo} was lost.`;
}

function wayOnText({ position, restorable, keptUpTo }: Loss): string {
  const accept = 'To go on without them: npm run edgesoul -- accept-loss';
  if (restorable === null || restorable <= keptUpTo)
    return `No backup in the backup folder has them. ${accept}`;
  const part = restorable < position ? ` (the backups reach position ${restorable})` : '';
  return (
    `Stop the service and bring them back${part}: npm run edgesoul -- restore --to ${restorable}. ` +
    `What was written since is kept aside, but is not in the restored store. ${accept}`
  );
}

/** Nothing is backed up over a log that lacks events: the backups have them. */
export function backupOfLossyLog(loss: Loss): Refused {
  return new Refused('backup.log-incomplete', `Nothing is backed up. ${lossText(loss)}`);
}

/** A part of a log is no backup. */
export function backupOfPart(why: string): Refused {
  return new Refused('backup.log-incomplete', `Nothing is backed up. ${why}`);
}
