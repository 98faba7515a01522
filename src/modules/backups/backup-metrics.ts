import { Injectable } from '@nestjs/common';
import type { BackupStatus } from '../../operations/backup/backup-state.js';
import { Backups } from '../../operations/backup/backups.js';
import { Metrics } from '../metrics.js';
import { singleFlight } from '../single-flight.js';

/** Gauges for when backups and drills last succeeded, and whether the last ones failed. */
@Injectable()
export class BackupMetrics {
  constructor(metrics: Metrics, backups: Backups) {
    // All gauges of one scrape share one read of the backup folder.
    const status = singleFlight(() => backups.state.status());
    const { schedule, drillSchedule, continuous } = backups.settings;
    const gauge = (name: string, help: string, valueOf: (status: BackupStatus) => number | null) =>
      metrics.gauge({ name, help }, async () => valueOf(await status()));

    gauge(
      'edgesoul_backup_last_success_timestamp_seconds',
      'Start time of the newest full backup; 0 when there is none although backups are scheduled or continuous.',
      ({ lastBackup, backupError }) =>
        secondsOf(lastBackup?.createdAt) ??
        zeroWhenExpected(backupError === null && (continuous || schedule !== undefined)),
    );
    gauge(
      'edgesoul_backup_last_failed',
      '1 when the last full backup, or the last pass of the continuous backup, failed.',
      ({ backupError, shipping }) => Number(backupError !== null || (shipping?.error ?? null) !== null),
    );
    metrics.gauge(
      {
        name: 'edgesoul_log_missing_events',
        help: 'Acknowledged events that the log has lost, as the head file, segments or backups show; 0 when none.',
      },
      () => {
        const { loss } = backups.lossWatch;
        return loss ? loss.position - loss.keptUpTo : 0;
      },
    );
    gauge(
      'edgesoul_backup_shipped_position',
      'Position up to which this process has shipped the log to the backup folder.',
      ({ shipping }) => shipping?.position ?? null,
    );
    gauge(
      'edgesoul_drill_last_success_timestamp_seconds',
      'Time of the last successful restore drill; 0 when there is none although drills are scheduled.',
      ({ lastDrill }) =>
        secondsOf(lastDrill?.lastSuccessAt ?? undefined) ?? zeroWhenExpected(drillSchedule !== undefined),
    );
    gauge('edgesoul_drill_last_failed', '1 when the last restore drill failed.', ({ lastDrill }) =>
      lastDrill ? Number(!lastDrill.ok) : null,
    );
  }
}

/** Returns 0 when a success is expected: an alert on the age needs a value even before the first success. */
function zeroWhenExpected(isExpected: boolean): number | null {
  return isExpected ? 0 : null;
}

function secondsOf(at: string | undefined): number | null {
  return at === undefined ? null : Date.parse(at) / 1_000;
}
