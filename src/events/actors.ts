/** The actors of events that no key's holder has sent; no key may have such a name. */
export const ACTORS = {
  /** A command that came over HTTP without a key. */
  anybody: 'api',
  /** The import of the original's database. */
  original: 'import-edgesoul',
  /** An erasure by the command line, without a service. */
  erase: 'edgesoul-erase',
  /** An erasure that a restore repeats, */
  restore: 'edgesoul-restore',
  /** or an import. */
  import: 'edgesoul-import',
  /** What is too old; such an event is no sign of its user, who may have left long ago. */
  retention: 'retention',
} as const;
