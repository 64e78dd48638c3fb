import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { createSupplier } from '../src/core/fulfilment/create-supplier.ts'
import { setSources } from '../src/core/fulfilment/set-sources.ts'
import { openKeyRing } from '../src/core/keys/open-key-ring.ts'
import { createCredential } from '../src/core/partners/create-credential.ts'
import { openDatabaseHome } from '../src/platform/database-home.ts'
import { openDatabase, sql } from '../src/platform/database.ts'
import { openLog } from '../src/platform/log.ts'
import { newSecretKey } from '../src/platform/secrets.ts'
import type { PartnerId, SkuId } from '../src/values/ids.ts'
import type { GiftapiCredential } from './giftapi-client.ts'
import { freePort, runScrip, startScrip } from './scrip-process.ts'
import type { ScripProcess, Settings } from './scrip-process.ts'
import { createWorld, currency, unit } from './world.ts'
import type { World } from './world.ts'

/** `scrip up` with a data directory of its own; it can be killed and started again on the same port. */
export type Side = {
  readonly baseUrl: string
  start(): Promise<void>
  /** Without a word, as a power cut would; its database lives on and is taken over by the next start. */
  kill(): Promise<void>
  stop(): Promise<void>
  /** What `scrip <args> --json` says beside it. */
  command(...args: readonly string[]): Promise<unknown>
  /** Works on its database. */
  look<T>(work: (world: World) => Promise<T>): Promise<T>
  remove(): Promise<void>
}

/** A sells to B, and B to a client. */
export type TwoScrips = {
  readonly a: Side
  readonly b: Side
  /** B, as A knows it. */
  readonly partnerAtA: PartnerId
  readonly client: GiftapiCredential
  readonly goods: readonly SoldGoods[]
}

/** What B sells, and what becomes of an order for it. */
export type SoldGoods = {
  readonly name: string
  readonly skuId: SkuId
  readonly quantity: number
  readonly end: 'completed' | 'failed' | 'pending'
}

/** How an order for each SKU of the sandbox ends. */
const sandboxEnds = {
  'success-at-once': 'completed',
  'pending-success': 'completed',
  'timeout-after': 'completed',
  partial: 'completed',
  'pending-failure': 'failed',
  'invalid-recipient': 'failed',
  'operator-unavailable': 'failed',
  'timeout-before': 'failed',
  'account-not-found': 'failed',
  'out-of-stock': 'failed',
  'pending-for-ever': 'pending',
} as const satisfies Record<string, SoldGoods['end']>

/** A fresh one, not started yet. */
export async function openSide(settings: Settings): Promise<Side> {
  const dataDir = await mkdtemp(join(tmpdir(), 'scrip-side-'))
  const port = await freePort()
  const masterKey = newSecretKey()
  const all: Settings = {
    ...settings,
    SCRIP_DATA_DIR: dataDir,
    SCRIP_MASTER_KEY: masterKey.toString('base64'),
    SCRIP_LOG_LEVEL: 'warn',
    PORT: String(port),
  }
  let running: ScripProcess | undefined
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    running?.kill(signal)
    await running?.ended
  }
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    async start() {
      running = startScrip(['up'], all)
      await running.announced
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    async command(...args) {
      const { code, out, err } = await runScrip([...args, '--json'], all)
      if (code !== 0) throw new Error(`scrip ${args.join(' ')} ended with ${code}: ${out}${err}`)
      return JSON.parse(out) as unknown
    },
    async look(work) {
      const place = { databaseUrl: undefined, databaseDirectUrl: undefined, dataDir }
      const { url } = await openDatabaseHome(place, 'join', openLog('silent'))
      const database = openDatabase({ url, role: 'scrip_app', poolSize: 4, statementTimeoutMs: 60_000 })
      try {
        return await work(await createWorld(database, await openKeyRing(database, masterKey)))
      } finally {
        await database.close()
      }
    },
    remove: () => rm(dataDir, { recursive: true, force: true }),
  }
}

/** The wire format in which B buys from A. */
export type WireBetween = 'scrip' | 'vendify'

/** Starts both, opens B's account with A, and tells A where B listens for notices, where the wire has any. */
export async function openTwoScrips(codesOfA: number, wire: WireBetween = 'scrip'): Promise<TwoScrips> {
  // Answers come sooner than most suppliers speak, so that orders go on in the background.
  const shared = { SCRIP_PATIENCE_MS: '400', SCRIP_SANDBOX_DELAY_MS: '1500' }
  const a = await openSide(shared)
  const b = await openSide({ ...shared, SCRIP_DEMO: 'false' })
  await Promise.all([a.start(), b.start()])
  const email = 'b@example.com'
  await a.command('partner', 'create', '--name', 'B', '--email', email, '--wallet', 'USD')
  await a.command('wallet', 'credit', email, 'USD-1', '1000000', '--reference', 'opening')
  const notices = `${b.baseUrl}/suppliers/a/notices`
  if (wire === 'scrip') await a.command('webhooks', 'add', email, '--dialect', 'giftapi', '--url', notices)
  const atA = await a.look((world) => openShop(world, email, codesOfA))
  const atB = await b.look((world) => openAccount(world, a.baseUrl, atA, wire))
  await untilSold(
    a,
    atA.credential,
    [...atA.skus.values()].map(({ id }) => id),
  )
  await untilSold(
    b,
    atB.client,
    atB.goods.map(({ skuId }) => skuId),
  )
  return { a, b, partnerAtA: atA.partnerId, ...atB }
}

/** A running server sells what is new within a second or so. */
async function untilSold({ baseUrl }: Side, { token }: GiftapiCredential, skuIds: readonly SkuId[]) {
  for (let tries = 0; tries < 300; tries += 1) {
    const listed = new Set<string>()
    let cursor: string | null = ''
    while (cursor !== null) {
      const query = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`
      const answer = await fetch(`${baseUrl}/giftapi/v1/partner/catalog/pricelist?per_page=200${query}`, {
        headers: { authorization: `Bearer ${token}` },
      })
      const page = (await answer.json()) as {
        data: { sku_id: string }[]
        meta: { next_cursor: string | null }
      } // As that dialect answers.
      for (const row of page.data) listed.add(row.sku_id)
      cursor = page.meta.next_cursor
    }
    if (skuIds.every((id) => listed.has(id))) return
    await pause(100)
  }
  throw new Error('What was made for the test is not sold.')
}

type ShopAtA = {
  readonly partnerId: PartnerId
  readonly credential: GiftapiCredential
  readonly reseller: { readonly apiKey: string; readonly privateKey: string }
  /** By name: own stock, and what the sandbox fills. */
  readonly skus: ReadonlyMap<string, SkuAtA>
}

type SkuAtA = { readonly id: SkuId; readonly number: bigint; readonly faceValue: bigint }

async function openShop(world: World, email: string, codes: number): Promise<ShopAtA> {
  const { database, keyRing } = world
  const [partner] = await database.query<{ id: PartnerId }>(
    sql`select id from partners where email = ${email}`,
  )
  if (partner === undefined) throw new Error('A does not know B.')
  const { token, secret = '' } = await database.inTransaction((tx) =>
    createCredential(tx, keyRing, {
      partnerId: partner.id,
      dialect: 'giftapi',
      label: 'B',
      withSecret: true,
    }),
  )
  const { token: apiKey, privateKey = '' } = await database.inTransaction((tx) =>
    createCredential(tx, keyRing, {
      partnerId: partner.id,
      dialect: 'vendify',
      label: 'B',
      withSecret: false,
      withKeyPair: true,
    }),
  )
  const own = await world.sku()
  await world.stock(own, codes)
  const rows = await database.query<SkuAtA & { name: string }>(sql`
    select id, number, face_value as "faceValue",
           case when id = ${own} then 'own-stock' else lower(substr(code, length('SANDBOX-GIFTCARD-') + 1)) end as name
    from skus where code like 'SANDBOX-GIFTCARD-%' or id = ${own}`)
  const skus = new Map(rows.map(({ name, ...sku }) => [name, sku]))
  return {
    partnerId: partner.id,
    credential: { token, secret },
    reseller: { apiKey, privateKey },
    skus,
  }
}

async function openAccount(
  world: World,
  baseUrl: string,
  { credential, reseller, skus }: ShopAtA,
  wire: WireBetween,
): Promise<Pick<TwoScrips, 'client' | 'goods'>> {
  const { database, keyRing } = world
  const customer = await world.partner(1_000_000n * unit)
  const { token, secret = '' } = await database.inTransaction((tx) =>
    createCredential(tx, keyRing, {
      partnerId: customer.partnerId,
      dialect: 'giftapi',
      label: 'test',
      withSecret: true,
    }),
  )
  const names = ['own-stock', ...(Object.keys(sandboxEnds) as (keyof typeof sandboxEnds)[])] as const // The keys of that very object.
  const goods: SoldGoods[] = []
  const sources: { skuId: SkuId; productCode: string; cost: bigint }[] = []
  for (const name of names) {
    const theirs = skus.get(name)
    if (theirs === undefined) throw new Error(`A does not sell "${name}".`)
    // One of the wires tells the face value, the other leaves it to the SKU.
    const faceValue = wire === 'scrip' ? 10n * unit : theirs.faceValue
    const skuId = await world.sku(faceValue)
    const productCode = wire === 'scrip' ? theirs.id : `${theirs.number}:USD`
    sources.push({ skuId, productCode, cost: faceValue })
    const end = name === 'own-stock' ? 'completed' : sandboxEnds[name]
    goods.push({ name, skuId, end, quantity: name === 'partial' ? 3 : 1 })
  }
  await database.inTransaction(async (tx) => {
    const supplierId = await createSupplier(tx, keyRing, {
      code: 'a',
      name: 'A',
      connector: wire,
      settings:
        wire === 'scrip'
          ? {
              baseUrl: `${baseUrl}/giftapi/v1/partner`,
              token: credential.token,
              partnerSecret: credential.secret,
              currency: 'USD',
            }
          : { baseUrl: `${baseUrl}/vendify`, ...reseller, walletId: 'USD-1', currency: 'USD' },
      currency: currency('USD'),
      concurrency: 16,
      actor: 'test',
    })
    await setSources(
      tx,
      sources.map((one) => ({ ...one, supplierId })),
    )
  })
  return { client: { token, secret }, goods }
}
