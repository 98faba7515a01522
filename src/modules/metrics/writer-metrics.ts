import { Injectable } from '@nestjs/common';
import { Histogram } from 'prom-client';
import { CommandWriter } from '../../writer/command-writer.js';
import { Metrics } from '../metrics.js';

/** Powers of two up to the largest number of commands that share a commit. */
const COMMAND_BUCKETS = [1, 2, 4, 8, 16, 32, 64, 128, 256];
const EVENT_BUCKETS = [0, ...COMMAND_BUCKETS, 512, 1_024];
const SECOND_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** Size and duration of the writer's commits, and the length of its queue. */
@Injectable()
export class WriterMetrics {
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
    writer.onCommit((commit) => {
      commands.observe(commit.commands);
      events.observe(commit.events);
      seconds.observe(commit.ms / 1_000);
    });
    metrics.gauge(
      { name: 'edgesoul_writer_queue_commands', help: 'Commands that are not answered yet.' },
      () => writer.waiting,
    );
  }
}
