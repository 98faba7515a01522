/** The kinds of long-running jobs; at most one of each kind runs at a time. */
export type JobKind = 'backup' | 'drill' | 'rebuild' | 'retention' | 'rewriting' | 'verification';

/**
 * Every error code, by error class. Codes are stable: clients and alerts depend on them. A feature writes its
 * own messages; the named constructors below are for messages that several features use.
 */
export interface Codes {
  InvalidInput:
    | 'request.invalid'
    | 'request.malformed'
    | 'context.budget-too-small'
    | 'file.unreadable'
    | 'file.unwritable'
    | 'store.absent'
    | 'reset.unconfirmed';
  NotFound:
    | `${'user' | 'memory' | 'embedding' | 'session' | 'preference' | 'observation'}.not-found`
    | `${'conversation' | 'key' | 'route' | 'tenant' | 'erasure'}.not-found`
    | `${'turn' | 'event' | 'retraction' | JobKind | 'job'}.not-found`;
  Refused:
    | `memory.${'already-exists' | 'link-refused' | 'pinned' | 'too-many-pinned'}`
    | `user.${'erased' | 'not-erased'}`
    | `retraction.${'overtaken' | 'outdated' | 'too-large' | 'not-retractable' | 'replaced' | 'erased'}`
    | 'rebuild.nothing-to-skip'
    | 'feed.position-ahead'
    | `embedding.${'other-model' | 'other-dimensions'}`
    | `receipt.${'policy-gone' | 'ranking-changed' | 'beyond-end'}`
    | `backup.${'foreign' | 'log-incomplete' | 'encrypted'}`
    | `restore.${'unreachable' | 'not-empty' | 'other-store' | 'ledger-missing'}`
    | 'reset.store-changed'
    | `${'key' | 'tenant'}.${'exists' | 'ended' | 'too-many'}`
    | 'export.beyond-end'
    | `${'export' | 'replay'}.other`
    | `import.${'store-not-empty' | 'append-only' | 'user-exists' | 'key-taken' | 'store-changed'}`
    | 'work.interrupted'
    | `${JobKind}.running`;
  NotAcceptable: 'answer.not-acceptable';
  Conflict: 'stream.version-conflict';
  TooLarge: 'body.too-large';
  UnsupportedMedia: 'body.not-json';
  FileRefused: `file.${'foreign' | 'newer' | 'damaged' | 'undecodable' | 'incomplete' | 'truncated'}`;
  KeyReused: 'command.key-reused';
  Corrupt: 'backup.damaged' | 'restore.unverified' | 'log.damaged' | 'database.damaged';
  PoisonEvent: 'event.undecodable' | 'projection.failed';
  Unexpected: 'internal.error';
  Unavailable:
    | 'service.busy'
    | 'service.stopping'
    | 'service.unreachable'
    | 'read.position-not-reached'
    | 'projection.unavailable'
    | 'database.unavailable'
    | 'database.io-error'
    | 'backup.unreadable'
    | 'backup.unwritable';
}
