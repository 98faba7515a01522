import { Command, InvalidArgumentError } from 'commander';
import { durationMs } from '../../../durations.js';
import { ACTORS } from '../../../events/actors.js';
import type { AccessKeyRow } from '../../../events/log/log-tables.js';
import { keyState, SCOPES, type Scope } from '../../../store/keys/access-key.js';
import {
  createKey,
  listKeys,
  revokeKey,
  rotateKey,
  type IssuedKey,
} from '../../../store/keys/access-keys.js';
import { DEFAULT_TENANT } from '../../../store/tenants/tenant-name.js';
import { refuseUnknownTenant } from '../../../store/tenants/tenant-stores.js';
import { ID_PATTERN, ID_RULE } from '../../../validation/fields.js';
import { boundMs, isInstant } from '../../../validation/instants.js';
import { EXIT, operatorCommand, tenantOption } from '../operator-command.js';
import { ageText } from '../texts.js';
import { existingAddress } from '../where.js';

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const NAME_RULE = '1 to 64 characters of A-Z a-z 0-9 . _ -, the first one a letter or a digit';
/** Longest list of users of a key: each request looks through it. */
const MOST_USERS = 100;

/** A key as it is listed: nobody can see its token again. */
interface ListedKey {
  name: string;
  /** Its tokens begin with this. */
  prefix: string;
  state: string;
  scopes: readonly string[];
  users: readonly string[] | null;
  tenant: string;
  createdAt: string;
  expiresAt: string | null;
  revokedAt: string | null;
  /** At most five minutes late, while a service runs. */
  lastUsedAt: string | null;
  /** Until when the token before the last rotation is valid, too. */
  formerTokenUntil: string | null;
}

/** `edgesoul keys` */
export function keysCommand(): Command {
  return new Command('keys')
    .description(
      'Makes, lists and ends the keys by which a service knows its callers; running services follow within a second.',
    )
    .addCommand(createCommand())
    .addCommand(listCommand())
    .addCommand(rotateCommand())
    .addCommand(revokeCommand());
}

function createCommand(): Command {
  return operatorCommand(
    'create',
    'Makes a key, and prints its token: the only time that it is shown. From the first key on, services ask everybody for one.',
    {
      on: ['instance'],
      examples: [
        'npm run edgesoul -- keys create --name chat --scope chat',
        "npm run edgesoul -- keys create --name trial --scope chat,analyst --users 'trial-*' --expires 30d",
        'npm run edgesoul -- keys create --name acme-chat --scope chat --tenant acme',
        'npm run --silent edgesoul -- keys create --name ops --scope operator --json',
      ],
      action: async ({ config, terminal }, command) => {
        const { name, scope, users, tenant = DEFAULT_TENANT, expires } = command.opts<CreateOptions>();
        const asked = { name, scopes: scope, users, tenant, expiresAt: expires };
        const address = await existingAddress(config);
        await refuseUnknownTenant(config, tenant);
        const issued = await createKey(address, asked);
        terminal.result(issuedKey(issued), issuedLines(issued));
        return EXIT.done;
      },
    },
  )
    .requiredOption('--name <name>', 'who uses it: the actor of its events', parseName)
    .requiredOption(
      '--scope <scopes>',
      `what it is for: ${SCOPES.join(', ')}; several with commas`,
      parseScopes,
    )
    .option(
      '--users <users>',
      "only these users: ids, or beginnings of ids like 'trial-*', with commas between them",
      parseUsers,
    )
    .addOption(
      tenantOption('the tenant whose store it opens, see "edgesoul tenants"; the default one if left out'),
    )
    .option(
      '--expires <when>',
      'a time like 2027-01-31T00:00:00Z, or in so long: 30m, 12h, 90d',
      parseExpiry,
    );
}

interface CreateOptions {
  name: string;
  scope: Scope[];
  users?: string[];
  tenant?: string;
  expires?: number;
}

function listCommand(): Command {
  return operatorCommand('list', 'Lists the keys, with those that have ended; no token can be shown again.', {
    on: ['instance'],
    examples: ['npm run edgesoul -- keys list', 'npm run --silent edgesoul -- keys list --json'],
    action: async ({ config, terminal }, command) => {
      const { tenant } = command.opts<{ tenant?: string }>();
      const keys = await listKeys(await existingAddress(config));
      const items = keys.filter((key) => tenant === undefined || key.tenant === tenant).map(listedKey);
      terminal.result({ items }, items.length === 0 ? ['There are no keys.'] : items.map(lineOf));
      return EXIT.done;
    },
  }).addOption(tenantOption('only the keys of this tenant'));
}

function rotateCommand(): Command {
  return operatorCommand(
    'rotate',
    'Gives a key a new token, and prints it. The old one ends at once, or after --overlap.',
    {
      on: ['instance'],
      examples: ['npm run edgesoul -- keys rotate chat --overlap 1h'],
      action: async ({ config, terminal }, command) => {
        const { overlap = 0 } = command.opts<{ overlap?: number }>();
        const issued = await rotateKey(await existingAddress(config), command.args[0] as string, overlap);
        terminal.result(issuedKey(issued), issuedLines(issued));
        return EXIT.done;
      },
    },
  )
    .argument('<name>', 'the name of the key')
    .option('--overlap <duration>', 'how long the old token stays valid, too: 30m, 12h, 7d', parseDuration);
}

function revokeCommand(): Command {
  return operatorCommand('revoke', 'Ends a key for good; its name stays taken, as it is in the log.', {
    on: ['instance'],
    examples: ['npm run edgesoul -- keys revoke chat'],
    action: async ({ config, terminal }, command) => {
      const key = listedKey(await revokeKey(await existingAddress(config), command.args[0] as string));
      terminal.result(key, [`The key ${key.name} is revoked.`]);
      return EXIT.done;
    },
  }).argument('<name>', 'the name of the key');
}

function issuedKey({ key, token }: IssuedKey): object {
  return { token, ...listedKey(key) };
}

function issuedLines({ key, token }: IssuedKey): string[] {
  return [token, `Keep it now: it is the token of ${key.name}, and cannot be shown again.`];
}

function listedKey(key: AccessKeyRow): ListedKey {
  return {
    name: key.name,
    prefix: `esk_${key.keyId}`,
    state: keyState(key, Date.now()),
    scopes: key.scopes,
    users: key.users,
    tenant: key.tenant,
    createdAt: new Date(key.createdAt).toISOString(),
    expiresAt: time(key.expiresAt),
    revokedAt: time(key.revokedAt),
    lastUsedAt: time(key.lastUsedAt),
    formerTokenUntil: time(key.formerUntil),
  };
}

function time(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

function lineOf({ name, prefix, state, scopes, users, tenant, expiresAt, lastUsedAt }: ListedKey): string {
  const parts = [
    `  ${name.padEnd(20)} ${prefix}…  ${state.padEnd(8)} ${scopes.join(',')}`,
    ...(tenant === DEFAULT_TENANT ? [] : [`tenant ${tenant}`]),
    users === null ? 'all users' : `users ${users.join(',')}`,
    lastUsedAt === null ? 'not used yet' : `used ${ageText(lastUsedAt)} ago`,
    ...(expiresAt === null ? [] : [`expires ${expiresAt}`]),
  ];
  return parts.join('  ');
}

function parseName(text: string): string {
  if (!NAME.test(text)) throw new InvalidArgumentError(`It must have ${NAME_RULE}.`);
  if (Object.values<string>(ACTORS).includes(text))
    throw new InvalidArgumentError('That name stands for the service itself, or for who has no key.');
  return text;
}

function parseScopes(text: string, before: Scope[] = []): Scope[] {
  const scopes = text.split(',');
  const unknown = scopes.find((scope) => !(SCOPES as readonly string[]).includes(scope));
  if (unknown !== undefined)
    throw new InvalidArgumentError(`"${unknown}" is none of the scopes ${SCOPES.join(', ')}.`);
  return [...new Set([...before, ...(scopes as Scope[])])];
}

function parseUsers(text: string, before: string[] = []): string[] {
  const users = [...before, ...text.split(',')];
  const bad = users.find((user) => !ID_PATTERN.test(user.endsWith('*') ? user.slice(0, -1) : user));
  if (bad !== undefined) throw new InvalidArgumentError(`"${bad}" ${ID_RULE}; a star may end it.`);
  if (users.length > MOST_USERS) throw new InvalidArgumentError(`There may be at most ${MOST_USERS}.`);
  return users;
}

function parseExpiry(text: string): number {
  const at = isInstant(text) ? boundMs(text) : Date.now() + parseDuration(text);
  if (at <= Date.now()) throw new InvalidArgumentError('It must be in the future.');
  return at;
}

function parseDuration(text: string): number {
  const ms = durationMs(text);
  if (ms === undefined) throw new InvalidArgumentError('It must look like 30m, 12h or 90d.');
  return ms;
}
