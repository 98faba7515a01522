import { Injectable, Logger } from '@nestjs/common';
import { Counter, Histogram } from 'prom-client';
import type { ClockFault } from '../../writer/clock-watch.js';
import { CommandWriter } from '../../writer/command-writer.js';
import { Metrics } from '../metrics.js';
import { singleFlight } from '../single-flight.js';

/** Powers of two up to the largest number of commands that share a commit. */
const COMMAND_BUCKETS = [1, 2, 4, 8, 16, 32, 64, 128, 256];
const EVENT_BUCKETS = [0, ...COMMAND_BUCKETS, 512, 1_024];
const SECOND_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** Size and duration of the writer's commits, and the length of its queue. */
@Injectable()
export class WriterMetrics {
  private readonly logger = new Logger('clock');

  constructor(metrics: Metrics, writer: CommandWriter) {
    const registers = [metrics.registry];
    const commands = new Histogram({
      name: 'edgesoul_writer_commit_commands',
      help: 'Commands that shared a commit.',
      buckets: COMMAND_BUCKETS,
      registers,
    });
    const events = new Histogram({
      name: 'edgesoul_writer_commit_events',
      help: 'Events that a commit appended.',
      buckets: EVENT_BUCKETS,
      registers,
    });
    const seconds = new Histogram({
      name: 'edgesoul_writer_commit_duration_seconds',
      help: 'Duration of a commit, from requesting the transaction until all of it is on disk.',
      buckets: SECOND_BUCKETS,
      registers,
    });
    const steps = new Counter({
      name: 'edgesoul_clock_steps_total',
      help: 'How often the clock was set back or ahead, as commits noticed.',
      registers,
    });
    writer.onCommit((commit) => {
      commands.observe(commit.commands);
      events.observe(commit.events);
      seconds.observe(commit.ms / 1_000);
      if (!commit.clock) return;
      if (commit.clock.stepMs !== 0) steps.inc();
      this.logger.warn({ ...commit.clock, msg: clockText(commit.clock) });
    });
    const state = singleFlight(() => writer.state());
    metrics.gauge(
      {
        name: 'edgesoul_clock_behind_seconds',
        help: "How far the clock is behind the last event's recordedAt; 0 up to one second.",
      },
      async () => (await state()).clock.behindMs / 1_000,
    );
    metrics.gauge(
      { name: 'edgesoul_writer_queue_commands', help: 'Commands that are not answered yet.' },
      () => writer.waiting,
    );
  }
}

const seconds = (ms: number): string => `${Math.round(Math.abs(ms) / 1_000)} s`;

function clockText({ stepMs, behindMs }: ClockFault): string {
  const behind =
    behindMs > 0
      ? `The clock is ${seconds(behindMs)} behind the last event: recordedAt stays at that event's time until the ` +
        'clock has passed it; occurredAt is the clock. Check the time of this machine.'
      : '';
  if (stepMs === 0) return behind;
  const step =
    stepMs < 0
      ? `The clock was set back by ${seconds(stepMs)}.`
      : `The clock jumped ahead by ${seconds(stepMs)}: it was set, or the machine was suspended.`;
  return `${step} ${behind}`.trim();
}
