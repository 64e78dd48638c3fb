import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { writeOnce } from './durable-files.ts'
import type { MailFrom, MailSettings } from './mail.ts'
import { newSecretKey, parseSecretKey } from './secrets.ts'
import type { SecretKey } from './secrets.ts'
import type { SmsSettings } from './sms.ts'

/** All settings, read once from the environment and an optional `.env` in the working directory; the environment wins. */
export type Config = {
  /** `sandbox` simulates suppliers and holds a demo world; `live` does neither. One database serves one of them. */
  readonly environment: 'sandbox' | 'live'
  readonly host: string
  readonly port: number
  /** How clients reach the server, without a slash at its end. */
  readonly publicUrl: string
  readonly dataDir: string
  /** Absent: the embedded PostgreSQL under the data directory is used. */
  readonly databaseUrl: string | undefined
  /** A connection that no transaction pooler stands in, for LISTEN, jobs and migrations; by default `databaseUrl`. */
  readonly databaseDirectUrl: string | undefined
  /** Where the embedded PostgreSQL archives its log; absent: as its data directory remembers, `off`: nowhere from now on. */
  readonly walArchive: { readonly folder: string; readonly everySeconds: number } | 'off' | undefined
  readonly databasePoolSize: number
  /** The role that the application takes on; it cannot change the journal. Empty: the login's own role. */
  readonly databaseRole: string
  /** Host names that belong to one dialect: "gift.example.com" → "giftapi". */
  readonly hosts: ReadonlyMap<string, string>
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'
  readonly sandboxDelayMs: number
  /** How long an answer to an order may wait for its supplier's first word. */
  readonly patienceMs: number
  /** How long a stop waits for running requests. */
  readonly drainMs: number
  readonly trustProxy: boolean
  readonly demo: boolean
  /** Whether partners' addresses may lead to this machine; never in live. */
  readonly allowLoopback: boolean
  /** Absent: a sandbox catches its mail, and in live mail waits. */
  readonly mail: MailSettings | undefined
  /** Absent: the same for short messages. */
  readonly sms: SmsSettings | undefined
  /** A sandbox's mail catcher listens there for other programs; absent: it does not. */
  readonly catcherPort: number | undefined
  /** Opens /sandbox/messages to other machines; absent: only this one may look. */
  readonly catcherToken: string | undefined
}

/** A setting is missing or wrong; the sentence names it and says what it must be. */
export class BadSetting extends Error {
  override readonly name = 'BadSetting'
}

type Environment = Readonly<Record<string, string | undefined>>

/** Reads `.env` (if there is one) and the environment. Throws BadSetting. */
export function readConfig(
  environment: Environment = process.env,
  workingDir: string = process.cwd(),
): Config {
  return parseConfig(readSettings(environment, workingDir), workingDir)
}

/** All settings as texts, those that are not empty: the environment over what `.env` says. */
export function readSettings(
  environment: Environment = process.env,
  workingDir: string = process.cwd(),
): Environment {
  const file = join(workingDir, '.env')
  const fromFile: Environment = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {}
  return { ...fromFile, ...withoutEmpty(environment) }
}

function parseConfig(settings: Environment, workingDir: string): Config {
  const environment = oneOf(settings, 'SCRIP_ENVIRONMENT', ['sandbox', 'live'], 'sandbox')
  const port = integer(settings, 'PORT', 8080, 0, 65_535)
  const host = settings['HOST'] ?? '127.0.0.1'
  return {
    environment,
    host,
    port,
    publicUrl:
      url(settings, 'SCRIP_PUBLIC_URL', ['http:', 'https:']) ??
      `http://${host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host}:${port}`,
    dataDir: resolve(workingDir, settings['SCRIP_DATA_DIR'] ?? '.scrip'),
    databaseUrl: url(settings, 'DATABASE_URL', ['postgres:', 'postgresql:']),
    databaseDirectUrl: url(settings, 'DATABASE_DIRECT_URL', ['postgres:', 'postgresql:']),
    walArchive: walArchive(settings, workingDir),
    databasePoolSize: integer(settings, 'SCRIP_DATABASE_POOL_SIZE', 12, 4, 200),
    databaseRole: settings['SCRIP_DATABASE_ROLE'] ?? 'scrip_app',
    hosts: hosts(settings),
    logLevel: oneOf(
      settings,
      'SCRIP_LOG_LEVEL',
      ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
      'info',
    ),
    sandboxDelayMs: integer(settings, 'SCRIP_SANDBOX_DELAY_MS', 3_000, 0, 86_400_000),
    patienceMs: integer(settings, 'SCRIP_PATIENCE_MS', 10_000, 0, 25_000),
    drainMs: integer(settings, 'SCRIP_DRAIN_MS', 10_000, 0, 600_000),
    trustProxy: oneOf(settings, 'SCRIP_TRUST_PROXY', ['true', 'false'], 'false') === 'true',
    demo: environment === 'sandbox' && oneOf(settings, 'SCRIP_DEMO', ['true', 'false'], 'true') === 'true',
    allowLoopback: allowLoopback(settings, environment, host),
    ...messaging(settings),
  }
}

function walArchive(settings: Environment, workingDir: string): Config['walArchive'] {
  const everySeconds = integer(settings, 'SCRIP_WAL_ARCHIVE_SECONDS', 60, 1, 3_600)
  const given = settings['SCRIP_WAL_ARCHIVE']
  if (given === undefined || given === 'off') return given
  return { folder: resolve(workingDir, given), everySeconds }
}

function messaging(settings: Environment): Pick<Config, 'mail' | 'sms' | 'catcherPort' | 'catcherToken'> {
  const mailUrl = url(settings, 'SCRIP_SMTP_URL', ['smtp:', 'smtps:'])
  const from = parseMailFrom(settings['SCRIP_MAIL_FROM'] ?? '')
  if (mailUrl !== undefined && from === undefined)
    throw new BadSetting(
      'SCRIP_MAIL_FROM must be a mailbox such as "Shop <shop@example.com>" where SCRIP_SMTP_URL is set.',
    )
  const smsUrl = url(settings, 'SCRIP_SMS_URL', ['http:', 'https:'])
  const catcherToken = settings['SCRIP_CATCHER_TOKEN']
  if (catcherToken !== undefined && !/^[A-Za-z0-9._~-]{16,200}$/.test(catcherToken))
    throw new BadSetting('SCRIP_CATCHER_TOKEN must be at least 16 letters, digits or the signs . _ ~ -')
  return {
    mail: mailUrl === undefined || from === undefined ? undefined : { url: mailUrl, from },
    sms: smsUrl === undefined ? undefined : { url: smsUrl, token: settings['SCRIP_SMS_TOKEN'] },
    catcherPort:
      settings['SCRIP_CATCHER_PORT'] === undefined
        ? undefined
        : integer(settings, 'SCRIP_CATCHER_PORT', 0, 1, 65_535),
    catcherToken,
  }
}

/** Reads "Shop <shop@example.com>" or "shop@example.com"; undefined for what is neither. */
function parseMailFrom(text: string): MailFrom | undefined {
  const [, name = '', address = ''] = /^(?:([^<>"\p{Cc}]*?)\s*<([^<>]*)>)$/u.exec(text.trim()) ?? [
    '',
    '',
    text.trim(),
  ]
  return /^[^\s@<>(),;:"\p{Cc}]+@[^\s@<>(),;:"\p{Cc}]+$/u.test(address) ? { name, address } : undefined
}

/** By default where nobody else can reach the server either: a developer's own machine. */
function allowLoopback(settings: Environment, environment: Config['environment'], host: string): boolean {
  const usual = environment === 'sandbox' && isLoopbackHost(host) ? 'true' : 'false'
  const isAllowed = oneOf(settings, 'SCRIP_ALLOW_LOOPBACK', ['true', 'false'], usual) === 'true'
  if (isAllowed && environment === 'live')
    throw new BadSetting('SCRIP_ALLOW_LOOPBACK must not be true in the live environment.')
  return isAllowed
}

function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}

/**
 * The master key that wraps all data keys: SCRIP_MASTER_KEY, or the key file in the data directory, which is made (mode 0600)
 * if there is none. Throws BadSetting for a key of the wrong shape.
 */
export function readMasterKey(dataDir: string, environment: Environment = readSettings()): SecretKey {
  const given = environment['SCRIP_MASTER_KEY']
  if (given !== undefined && given !== '') {
    const key = parseSecretKey(given)
    if (key === undefined)
      throw new BadSetting('SCRIP_MASTER_KEY must be 32 bytes, as 64 hex digits or base64.')
    return key
  }
  const file = join(dataDir, 'master.key')
  if (!existsSync(file)) writeKeyFile(dataDir, file, newSecretKey())
  const key = parseSecretKey(readFileSync(file, 'utf8'))
  if (key === undefined)
    throw new BadSetting(`The master key file ${file} must hold 32 bytes, as 64 hex digits or base64.`)
  return key
}

/** Former master keys, while the keys that they wrap are being rotated: SCRIP_MASTER_KEY_PREVIOUS, with commas between. Throws BadSetting. */
export function readPreviousMasterKeys(environment: Environment = readSettings()): SecretKey[] {
  const texts = (environment['SCRIP_MASTER_KEY_PREVIOUS'] ?? '')
    .split(',')
    .filter((text) => text.trim() !== '')
  return texts.map((text) => {
    const key = parseSecretKey(text)
    if (key === undefined)
      throw new BadSetting(
        'SCRIP_MASTER_KEY_PREVIOUS must be keys of 32 bytes, as 64 hex digits or base64, with commas between.',
      )
    return key
  })
}

/**
 * Writes a key file that only its owner can read. Of two processes that start at once, one writes and both read the same key. It is on the disk before
 * anything is sealed under it: what the database keeps without the key could be read by nobody.
 */
export function writeKeyFile(dataDir: string, file: string, key: SecretKey): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o711 })
  writeOnce(file, `${key.toString('base64')}\n`)
}

function oneOf<const T extends string>(
  settings: Environment,
  name: string,
  choices: readonly T[],
  fallback: NoInfer<T>,
): T {
  const given = settings[name] ?? fallback
  const choice = choices.find((one) => one === given)
  if (choice === undefined)
    throw new BadSetting(`${name} must be one of ${choices.join(', ')}, not "${given}".`)
  return choice
}

function integer(settings: Environment, name: string, fallback: number, least: number, most: number): number {
  const given = settings[name] ?? String(fallback)
  const value = /^\d{1,12}$/.test(given) ? Number(given) : Number.NaN
  if (!(value >= least && value <= most))
    throw new BadSetting(`${name} must be a whole number from ${least} to ${most}, not "${given}".`)
  return value
}

function url(settings: Environment, name: string, protocols: readonly string[]): string | undefined {
  const given = settings[name]
  if (given === undefined) return undefined
  // The value is not repeated in the sentence: a database's address may hold a password.
  if (!URL.canParse(given) || !protocols.includes(new URL(given).protocol))
    throw new BadSetting(
      `${name} must be a URL that begins with ${protocols.map((one) => `${one}//`).join(' or ')}.`,
    )
  return given.replace(/\/+$/, '')
}

function hosts(settings: Environment): ReadonlyMap<string, string> {
  const pairs = (settings['SCRIP_HOSTS'] ?? '')
    .split(',')
    .map((pair) => pair.trim())
    .filter((pair) => pair !== '')
  return new Map(
    pairs.map((pair) => {
      const [, host, dialect] = /^([a-z0-9.-]+(?::\d+)?)=([a-z][a-z0-9]*)$/i.exec(pair) ?? []
      if (host === undefined || dialect === undefined)
        throw new BadSetting(`SCRIP_HOSTS must be a list such as "gift.example.com=giftapi", not "${pair}".`)
      return [host.toLowerCase(), dialect]
    }),
  )
}

function withoutEmpty(environment: Environment): Environment {
  return Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  )
}
