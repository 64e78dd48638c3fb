import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Keys of the demo's accounts, by dialect. */
type DemoKeys = {
  readonly iascroft: {
    readonly secretKey: string
    readonly starterSecretKey: string
    readonly enterpriseSecretKey: string
  }
  readonly giftapi: { readonly token: string; readonly partnerSecret: string }
  readonly iwocapay: { readonly sellerId: string; readonly accessToken: string }
  readonly vendify: {
    readonly apiKey: string
    readonly privateKey: string
    readonly noncePrefix: string
    readonly walletIds: Readonly<Record<string, string>>
  }
  readonly giftpesa: {
    readonly username: string
    readonly apiKey: string
    readonly publicKey: string
    readonly tills: Readonly<Record<string, string>>
  }
  /** Who signs in at the portal, and at the console. */
  readonly partner: DemoPerson
  readonly operator: DemoPerson
  /** Whoever asks for something cannot approve it. */
  readonly secondOperator: DemoPerson
}

type DemoPerson = { readonly email: string; readonly password: string }

/** Whether an earlier start wrote the file. */
export function hasDemoFile(dataDir: string): boolean {
  return existsSync(demoFile(dataDir))
}

/** What an earlier start wrote; undefined if there is no such file, or an older version wrote it, which knew fewer formats. */
export function readDemoFile(dataDir: string): ({ readonly baseUrl: string } & DemoKeys) | undefined {
  if (!hasDemoFile(dataDir)) return undefined
  // Written by writeDemoFile only, and by renaming, so it is whole.
  const written = JSON.parse(readFileSync(demoFile(dataDir), 'utf8')) as {
    baseUrl: string
  } & Partial<DemoKeys>
  return isWhole(written) ? written : undefined
}

/**
 * Writes `demo.json`: all that a client needs to try the sandbox. Only its owner can read it, and nobody ever finds half of it.
 *
 * @param publicUrl how clients reach the server, without a slash at its end
 */
export function writeDemoFile(dataDir: string, publicUrl: string, keys: DemoKeys): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o711 })
  const file = demoFile(dataDir)
  const unfinished = `${file}.${randomUUID()}`
  const content = {
    baseUrl: publicUrl,
    iascroft: { baseUrl: `${publicUrl}/iascroft/v1`, ...pickSecretKeys(keys.iascroft) },
    giftapi: { baseUrl: `${publicUrl}/giftapi/v1/partner`, ...pickSecret(keys.giftapi) },
    vendify: { baseUrl: `${publicUrl}/vendify`, ...pickKeyPair(keys.vendify) },
    iwocapay: { baseUrl: `${publicUrl}/iwocapay`, ...pickAccess(keys.iwocapay) },
    giftpesa: { baseUrl: `${publicUrl}/giftpesa`, ...pickEncrypted(keys.giftpesa) },
    partner: pickPerson(keys.partner),
    operator: pickPerson(keys.operator),
    secondOperator: pickPerson(keys.secondOperator),
  }
  try {
    writeFileSync(unfinished, `${JSON.stringify(content, undefined, 2)}\n`, {
      mode: 0o600,
      flag: 'wx',
      flush: true,
    })
    renameSync(unfinished, file)
  } finally {
    rmSync(unfinished, { force: true })
  }
}

function isWhole(
  written: { baseUrl: string } & Partial<DemoKeys>,
): written is { baseUrl: string } & DemoKeys {
  return demoParts.every((name) => written[name] !== undefined)
}

const demoParts = [
  'iascroft',
  'giftapi',
  'vendify',
  'giftpesa',
  'iwocapay',
  'partner',
  'operator',
  'secondOperator',
] as const

/** Where the file is. */
export function demoFile(dataDir: string): string {
  return join(dataDir, 'demo.json')
}

/** The file's keys are a contract: nothing else that the caller may know goes in. */
function pickSecretKeys(keys: DemoKeys['iascroft']): DemoKeys['iascroft'] {
  const { secretKey, starterSecretKey, enterpriseSecretKey } = keys
  return { secretKey, starterSecretKey, enterpriseSecretKey }
}

function pickSecret({ token, partnerSecret }: DemoKeys['giftapi']): DemoKeys['giftapi'] {
  return { token, partnerSecret }
}

function pickAccess({ sellerId, accessToken }: DemoKeys['iwocapay']): DemoKeys['iwocapay'] {
  return { sellerId, accessToken }
}

function pickKeyPair(keys: DemoKeys['vendify']): DemoKeys['vendify'] {
  const { apiKey, privateKey, noncePrefix, walletIds } = keys
  return { apiKey, privateKey, noncePrefix, walletIds }
}

function pickEncrypted(keys: DemoKeys['giftpesa']): DemoKeys['giftpesa'] {
  const { username, apiKey, publicKey, tills } = keys
  return { username, apiKey, publicKey, tills }
}

function pickPerson({ email, password }: DemoPerson): DemoPerson {
  return { email, password }
}
