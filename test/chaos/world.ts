import { chmod, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { createSupplier } from '../../src/core/fulfilment/create-supplier.ts'
import { setSources } from '../../src/core/fulfilment/set-sources.ts'
import { openKeyRing } from '../../src/core/keys/open-key-ring.ts'
import type { KeyRing } from '../../src/core/keys/ring.ts'
import { createCredential } from '../../src/core/partners/create-credential.ts'
import { openDatabase, sql } from '../../src/platform/database.ts'
import type { Database } from '../../src/platform/database.ts'
import { startEmbeddedPostgres } from '../../src/platform/embedded-postgres.ts'
import { newSecretKey } from '../../src/platform/secrets.ts'
import type { PartnerId, SkuId } from '../../src/values/ids.ts'
import type { HostileAccount } from '../hostile-supplier-process.ts'
import type { HostileBehaviour } from '../hostile-supplier.ts'
import { speakers } from '../abuse/speakers.ts'
import { freePort, runScrip } from '../scrip-process.ts'
import type { Settings } from '../scrip-process.ts'
import { createWorld, currency, unit } from '../world.ts'
import type { World } from '../world.ts'
import { startHostile } from './hostile.ts'
import type { Hostile } from './hostile.ts'
import { openSmallDisk } from './small-disk.ts'
import { startProduct } from './product.ts'
import type { ProductProcess } from './product.ts'
import { openReceiver } from './receiver.ts'
import type { Receiver } from './receiver.ts'
import type { Keys, Shelf } from './speech.ts'

/** A sandbox with its demo world, two servers and two workers over one database, and everybody that they deal with. */
export type ChaosWorld = {
  /** Straight to the database, around everything that is cut. */
  readonly databaseUrl: string
  readonly superuserUrl: string
  readonly keyRing: KeyRing
  readonly servers: readonly ProductProcess[]
  readonly workers: readonly ProductProcess[]
  readonly hostile: Hostile
  readonly receiver: Receiver
  readonly shop: Shop
  /** Ends every backend and the server itself without a word, and starts it again; how long it was away, in ms. */
  restartDatabase(): Promise<number>
  /** Leaves no room for the database, then all of it again; undefined: this machine gives it no file system of its own. */
  readonly fillDisk: ((forMs: number) => Promise<void>) | undefined
  /** How often the database has said that it has no room. */
  countFull(): Promise<number>
  /** Its logs stay. */
  close(): Promise<void>
}

/** Who buys, and what there is to buy. */
type Shop = {
  readonly rich: { readonly giftapi: Keys; readonly vendify: Keys }
  /** Has funds for some thirty orders, and an overdraft for a few more. */
  readonly poor: { readonly giftapi: Keys }
  readonly iascroft: Keys
  readonly giftpesa: Keys
  readonly tills: readonly string[]
  readonly iwocapay: Keys
  /** From our own stock, plenty of it. */
  readonly stocked: readonly Shelf[]
  /** From our own stock, soon sold out. */
  readonly scarce: Shelf
  /** By the hostile supplier. */
  readonly supplied: readonly Shelf[]
}

export async function openChaosWorld(dataDir: string, seed: number): Promise<ChaosWorld> {
  // Who runs the database is not who runs this.
  await chmod(dataDir, 0o711)
  const databaseDir = join(dataDir, 'database')
  const disk = await openSmallDisk(databaseDir)
  const databasePort = await freePort()
  const startDatabase = () =>
    startEmbeddedPostgres({
      dataDir: databaseDir,
      settings: { port: String(databasePort), max_connections: '150' },
    })
  let postgres = await startDatabase()
  const masterKey = newSecretKey()
  const settings: Settings = {
    SCRIP_DATA_DIR: dataDir,
    SCRIP_MASTER_KEY: masterKey.toString('base64'),
    SCRIP_PATIENCE_MS: '300',
    SCRIP_SANDBOX_DELAY_MS: '500',
    SCRIP_LOG_LEVEL: 'warn',
  }
  const setUp = { ...settings, DATABASE_URL: postgres.url, PORT: String(await freePort()) }
  await run(['migrate'], setUp)
  await run(['demo'], setUp)
  const database = openDatabase({
    url: postgres.url,
    role: 'scrip_app',
    poolSize: 4,
    statementTimeoutMs: 60_000,
  })
  const keyRing = await openKeyRing(database, masterKey)
  const hostile = await startHostile(join(dataDir, 'hostile'), seed)
  const receiver = await openReceiver(join(dataDir, 'received.jsonl'), seed)
  const shop = await furnish(database, keyRing, { dataDir, account: hostile.account, setUp, receiver })
  await database.close()
  // Late, so that nobody else is given them meanwhile.
  const ports = [await freePort(), await freePort(), await freePort(), await freePort()] as const
  const start = (name: string, role: 'server' | 'worker', port: number) =>
    startProduct({ name, role, port, databaseUrl: postgres.url, settings })
  const [one, two, three, four] = await Promise.all([
    start('server 1', 'server', ports[0]),
    start('server 2', 'server', ports[1]),
    start('worker 1', 'worker', ports[2]),
    start('worker 2', 'worker', ports[3]),
  ])
  /** Its files are in use for a moment longer than it takes connections. */
  const startAgain = async (): Promise<void> => {
    for (let tries = 0; ; tries += 1) {
      await pause(100)
      const next = await startDatabase().catch((error: unknown) => {
        if (tries > 300) throw error
        return undefined
      })
      if (next === undefined || next.pid === postgres.pid) continue
      postgres = next
      return
    }
  }
  let closed: Promise<void> | undefined
  const giftpesa = await signIn(shop.giftpesa, `${one.baseUrl}/giftpesa`)
  return {
    databaseUrl: postgres.url,
    superuserUrl: postgres.superuserUrl,
    keyRing,
    servers: [one, two],
    workers: [three, four],
    hostile,
    receiver,
    shop: { ...shop, giftpesa },
    async restartDatabase() {
      const atMs = performance.now()
      process.kill(postgres.pid, 'SIGQUIT')
      await startAgain()
      return performance.now() - atMs
    },
    fillDisk:
      disk === undefined
        ? undefined
        : async (forMs) => {
            const [isFull, busy] = [disk.fill(forMs), keepWriting(postgres.superuserUrl, forMs)]
            await Promise.all([isFull, busy])
            // It comes back by itself as long as it could; where it gave up, whoever keeps it running starts it again.
            while (!(await answers(postgres.superuserUrl))) {
              if (isAlive(postgres.pid)) await pause(100)
              else await startAgain()
            }
          },
    async countFull() {
      const log = await readFile(join(databaseDir, 'postgres.log'), 'utf8')
      return log.split('No space left on device').length - 1
    },
    close() {
      closed ??= (async () => {
        await Promise.all([one, two, three, four].map((each) => each.close()))
        await hostile.close()
        await receiver.close()
        await postgres.stop()
        await disk?.close()
      })()
      return closed
    },
  }
}

/** Asks for new files of the log, which is what a full disk hurts most. */
async function keepWriting(superuserUrl: string, forMs: number): Promise<void> {
  const database = openDatabase({ url: superuserUrl, poolSize: 1 })
  for (const until = performance.now() + forMs; performance.now() < until; await pause(300))
    await database.query(sql`select pg_switch_wal()`).catch(() => undefined)
  await database.close()
}

async function answers(url: string): Promise<boolean> {
  const database = openDatabase({ url, poolSize: 1 })
  const isThere = await database.query(sql`select 1`).then(
    () => true,
    () => false,
  )
  await database.close()
  return isThere
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Runs a command that has to succeed. */
export async function run(args: readonly string[], settings: Settings): Promise<string> {
  const { code, out, err } = await runScrip(args, settings)
  if (code !== 0) throw new Error(`scrip ${args.join(' ')} ended with ${code}: ${out}${err}`)
  return out
}

async function signIn(keys: Keys, address: string): Promise<Keys> {
  const speaker = speakers.find(({ dialect }) => dialect === 'giftpesa')
  if (speaker?.enter === undefined) throw new Error('giftpesa is entered by signing in.')
  return speaker.enter(keys, address)
}

/** Fills the shop and registers where each dialect's events go. */
async function furnish(
  database: Database,
  keyRing: KeyRing,
  parts: {
    readonly dataDir: string
    readonly account: HostileAccount
    readonly setUp: Settings
    readonly receiver: Receiver
  },
): Promise<Shop> {
  const { dataDir, account, setUp, receiver } = parts
  const demo = JSON.parse(await readFile(join(dataDir, 'demo.json'), 'utf8')) as Readonly<
    Record<string, Keys>
  > // As `scrip demo` writes it.
  const world = await createWorld(database, keyRing)
  const rich = await world.partner(1_000_000_000n * unit)
  const poor = await world.partner(300n * unit, 50n * unit)
  const stocked = [await world.sku(), await world.sku(), await world.sku()]
  for (const skuId of stocked) await world.stock(skuId, 8_000)
  const scarce = await world.sku()
  await world.stock(scarce, 150)
  const supplied = await openHostileAccount(world, account, suppliedBehaviours)
  const shelves = await readShelves(database, [...stocked, scarce, ...supplied])
  const shelf = (id: SkuId): Shelf => {
    const found = shelves.find(({ skuId }) => skuId === id)
    if (found === undefined) throw new Error('A SKU that was made is not there.')
    return found
  }
  const emails = await readEmails(database, [rich.partnerId, poor.partnerId])
  for (const [email, dialect] of [
    ...emails.map((one) => [one, 'giftapi'] as const),
    ['enterprise@demo.example', 'iascroft'] as const,
  ])
    await run(['webhooks', 'add', email, '--dialect', dialect, '--url', receiver.urlFor(dialect)], setUp)
  const iascroft = { secretKey: demo['iascroft']?.['enterpriseSecretKey'] ?? '' }
  const tills = Object.values((demo['giftpesa']?.['tills'] ?? {}) as unknown as Record<string, string>) // An object, in demo.json.
  return {
    rich: {
      giftapi: await giftapiKeys(world, rich.partnerId),
      vendify: await vendifyKeys(world, rich.partnerId),
    },
    poor: { giftapi: await giftapiKeys(world, poor.partnerId) },
    iascroft,
    giftpesa: demo['giftpesa'] ?? {},
    tills,
    iwocapay: demo['iwocapay'] ?? {},
    stocked: stocked.map(shelf),
    scarce: shelf(scarce),
    supplied: supplied.map(shelf),
  }
}

/** What the product's own connector, which asks and sends again, brings to an end by itself. What it does not is tried elsewhere. */
const suppliedBehaviours = [
  'at-once',
  'clean-refusal',
  'charged-then-reset',
  'charged-late',
  'charged-late-refused-meanwhile',
  'charged-then-500',
  'not-charged-reset',
  'slow',
  'busy-429',
  'busy-503',
  'not-found-then-success',
  'malformed',
  'processing',
  'charged-then-silence',
] as const

/** A SKU for each way in which that supplier is to behave. */
export async function openHostileAccount(
  world: World,
  account: HostileAccount,
  behaviours: readonly HostileBehaviour[],
): Promise<SkuId[]> {
  const { database, keyRing } = world
  const skus: SkuId[] = []
  for (const _ of behaviours) skus.push(await world.sku())
  await database.inTransaction(async (tx) => {
    const supplierId = await createSupplier(tx, keyRing, {
      code: 'hostile',
      name: 'Hostile',
      connector: 'scrip',
      settings: account,
      currency: currency('USD'),
      concurrency: 64,
      actor: 'test',
    })
    const cost = 10n * unit
    await setSources(
      tx,
      skus.map((skuId, place) => ({ skuId, supplierId, productCode: behaviours[place] ?? '', cost })),
    )
  })
  return skus
}

async function readShelves(database: Database, ids: readonly SkuId[]): Promise<Shelf[]> {
  const rows = await database.query<{ skuId: string; code: string; number: bigint }>(
    sql`select id as "skuId", code, number from skus where id = any (${ids}::uuid[])`,
  )
  return rows.map((row) => ({ ...row, number: Number(row.number) }))
}

export async function readEmails(database: Database, ids: readonly PartnerId[]): Promise<string[]> {
  const rows = await database.query<{ email: string }>(
    sql`select email from partners where id = any (${ids}::uuid[])`,
  )
  return rows.map(({ email }) => email)
}

export async function giftapiKeys({ database, keyRing }: World, partnerId: PartnerId): Promise<Keys> {
  const order = { partnerId, dialect: 'giftapi', label: 'chaos', withSecret: true }
  const { token, secret = '' } = await database.inTransaction((tx) => createCredential(tx, keyRing, order))
  return { token, partnerSecret: secret }
}

async function vendifyKeys({ database, keyRing }: World, partnerId: PartnerId): Promise<Keys> {
  const order = { partnerId, dialect: 'vendify', label: 'chaos', withSecret: false, withKeyPair: true }
  const { token, privateKey = '' } = await database.inTransaction((tx) =>
    createCredential(tx, keyRing, order),
  )
  return { apiKey: token, privateKey }
}
