/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'Files that need each other cannot be understood, or loaded, one at a time.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'database-is-a-leaf',
      comment: 'How rows are kept and written, and how input is checked, does not depend on what they mean.',
      severity: 'error',
      from: { path: '^src/(database|validation|formats)' },
      to: { path: '^src/(events|projections|writer|store|operations|modules|http|cli)' },
    },
    {
      name: 'events-know-no-reader',
      comment: 'What happened does not depend on what is made of it.',
      severity: 'error',
      from: { path: '^src/events' },
      to: { path: '^src/(projections|writer|store|operations|modules|http|cli)' },
    },
    {
      name: 'projections-know-no-question',
      comment: 'What is true does not depend on who asks.',
      severity: 'error',
      from: { path: '^src/projections' },
      to: { path: '^src/(writer|store|operations|modules|http|cli)' },
    },
    {
      name: 'writer-knows-no-command',
      comment: 'The one way into the log does not change when a command is added: deciders are handed in.',
      severity: 'error',
      from: { path: '^src/writer/' },
      to: { path: '^src/(store|operations|modules|http|cli)' },
    },
    {
      name: 'store-knows-no-caller',
      comment: 'A store opens in the same way for the service, for long work and for a command line.',
      severity: 'error',
      from: { path: '^src/store' },
      to: { path: '^src/(operations|modules|http|cli)' },
    },
    {
      name: 'operations-know-no-caller',
      comment: 'The command line and HTTP do the same through the same code.',
      severity: 'error',
      from: { path: '^src/operations' },
      to: { path: '^src/(modules|http|cli)' },
    },
    {
      name: 'modules-know-no-terminal',
      comment: 'What may be asked does not depend on the command line, nor the edges on each other.',
      severity: 'error',
      from: { path: '^src/(modules|http)' },
      to: { path: '^src/cli' },
    },
    {
      name: 'nest-stays-above',
      comment: 'Log, folds, writer and long work run in threads and commands that load no framework.',
      severity: 'error',
      from: { path: '^src/(events|projections|writer|store|operations|database|validation|formats)' },
      to: { path: 'node_modules/@nestjs', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'writer-thread-loads-no-nest',
      comment: "The writer's thread loads every command: Nest would cost it a third of a second and 50 MB.",
      severity: 'error',
      from: { path: '^src/modules/(command-catalog|store-command|[^/]+/commands/[^/]+)\\.ts$' },
      to: { path: '(node_modules/@nestjs|\\.dto\\.ts$)', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'modules-meet-through-events',
      comment: 'A module can be changed, or taken out, without reading another one.',
      severity: 'error',
      from: { path: '^src/modules/([^/]+)/', pathNot: '^src/modules/(context|edgesoul-compat)/' },
      to: { path: '^src/modules/([^/]+)/', pathNot: '^src/modules/$1/' },
    },
    {
      name: 'compatibility-only-translates',
      comment:
        "The original's routes are other words for the same commands and queries: they decide nothing.",
      severity: 'error',
      from: { path: '^src/modules/edgesoul-compat/' },
      to: {
        path: '^src/modules/([^/]+)/',
        pathNot: '^src/modules/(edgesoul-compat/|[^/]+/(commands|queries)/|[^/]+/[^/]+\\.(query|dto)\\.ts$)',
      },
    },
    {
      name: 'context-asks-others',
      comment: 'A context is made of what other modules answer: it asks their queries, and reads nothing a second way.',
      severity: 'error',
      from: { path: '^src/modules/context/' },
      to: {
        path: '^src/modules/([^/]+)/',
        pathNot: '^src/modules/(context/|[^/]+/queries/|[^/]+/[^/]+\\.dto\\.ts$)',
      },
    },
    {
      name: 'pure-code-is-pure',
      comment: 'Events, decisions and folds are tested without Nest, an ORM or a database.',
      severity: 'error',
      from: { path: '\\.(event|decider|projection)\\.ts$' },
      to: { path: 'node_modules/(@nestjs|@mikro-orm|better-sqlite3|kysely)' },
    },
    {
      name: 'only-adapters-know-sqlite',
      comment:
        'Another database must need new adapters only; past rows are in SQLite in memory, whatever keeps the log.',
      severity: 'error',
      from: {
        path: '^src',
        pathNot:
          '(^src/database/sqlite/|/sqlite-[^/]*\\.ts$|^src/store/sqlite/|^src/projections/past/|^src/store/(open-[^/]*|orm-options)\\.ts$|^src/writer\\.worker\\.ts$)',
      },
      to: {
        path: '(node_modules/better-sqlite3|^src/database/sqlite/|/sqlite-[^/]*\\.ts$)',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'only-adapters-know-postgresql',
      comment: 'Another database must need new adapters only.',
      severity: 'error',
      from: {
        path: '^src',
        pathNot:
          '(^src/database/postgresql/|/postgresql-[^/]*\\.ts$|^src/store/postgresql/|^src/store/(open-[^/]*|orm-options)\\.ts$)',
      },
      to: {
        path: '(node_modules/pg/|^src/database/postgresql/|/postgresql-[^/]*\\.ts$)',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'requests-do-not-open-the-log',
      comment:
        'A module writes through the writer and reads projections; only the adapters read or append events.',
      severity: 'error',
      from: { path: '^src/modules' },
      to: {
        path: '^src/(events/log/((erasure/)?(sqlite|postgresql)|event-decoder)|writer/(write-batch|event-writer|deciding-writer))',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'http-stays-outside',
      comment: 'Commands and queries can be used without HTTP.',
      severity: 'error',
      from: { path: '\\.(command|query|decider)\\.ts$' },
      to: { path: '^src/http' },
    },
    {
      name: 'product-not-test',
      comment: 'The product runs without its tests.',
      severity: 'error',
      from: { path: '^src', pathNot: '\\.spec\\.ts$' },
      to: { path: '^(test|bench)' },
    },
    {
      name: 'no-unresolvable',
      comment: 'An import that leads nowhere fails at run time.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'declared-dependencies',
      comment: 'The product installs with production dependencies only.',
      severity: 'error',
      from: { path: '^(src|migrations)', pathNot: '\\.spec\\.ts$' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.d.ts', '.json'],
    },
  },
};
