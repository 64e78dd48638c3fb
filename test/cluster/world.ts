import { chmod, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openKeyRing } from '../../src/core/keys/open-key-ring.ts'
import { openDatabase, rawStatement } from '../../src/platform/database.ts'
import { newSecretKey } from '../../src/platform/secrets.ts'
import { startHostile } from '../chaos/hostile.ts'
import type { Hostile } from '../chaos/hostile.ts'
import { openReceiver } from '../chaos/receiver.ts'
import type { Receiver } from '../chaos/receiver.ts'
import type { Keys } from '../chaos/speech.ts'
import { giftapiKeys, openHostileAccount, readEmails, run } from '../chaos/world.ts'
import { startProductLives } from '../product-lives.ts'
import type { ProductLives } from '../product-lives.ts'
import { freePort } from '../scrip-process.ts'
import type { Settings } from '../scrip-process.ts'
import { createWorld, unit } from '../world.ts'
import type { RunAs } from './daemon.ts'
import { openDatabasePair } from './database-pair.ts'
import type { DatabasePair } from './database-pair.ts'
import { openFront } from './front.ts'
import { openPooler } from './pooler.ts'
import type { Programs } from './programs.ts'

/** Three servers and two workers over a pair of databases, with HAProxy before both, and whom they deal with. */
export type ClusterWorld = {
  readonly folder: string
  readonly pair: DatabasePair
  /** Where clients go. */
  readonly baseUrl: string
  /** The leader's database, past every pooler. */
  readonly databaseUrl: string
  readonly settings: Settings
  readonly servers: readonly ProductLives[]
  readonly workers: readonly ProductLives[]
  readonly hostile: Hostile
  readonly receiver: Receiver
  readonly shop: Shop
  close(): Promise<void>
}

type Shop = {
  /** Each with a wallet of its own. */
  readonly buyers: readonly Keys[]
  readonly stocked: readonly string[]
  /** Filled by a supplier that is not always kind. */
  readonly supplied: readonly string[]
}

export async function openClusterWorld(options: {
  readonly programs: Programs
  readonly runAs: RunAs | undefined
  readonly seed: number
  readonly isSynchronous: boolean
  readonly hasPooler: boolean
}): Promise<ClusterWorld> {
  const { programs, runAs, seed, isSynchronous, hasPooler } = options
  const folder = await mkdtemp(join(tmpdir(), 'scrip-cluster-'))
  // Who runs the database is not who runs this.
  await chmod(folder, 0o711)
  const closing: (() => Promise<void>)[] = []
  const close = async (): Promise<void> => {
    for (let one = closing.pop(); one !== undefined; one = closing.pop()) await one()
  }
  try {
    const pair = await openDatabasePair({ folder, programs, runAs, isSynchronous })
    closing.push(pair.close)
    const ports = [await freePort(), await freePort(), await freePort()] as const
    const addresses = ports.map((port) => `127.0.0.1:${port}`)
    const postgres = `127.0.0.1:${await freePort()}`
    const http = `127.0.0.1:${await freePort()}`
    const servers = [addresses[0] ?? '', addresses[1] ?? '', addresses[2] ?? ''] as const
    const front = await openFront({ folder, programs, nodes: pair.nodes, postgres, http, servers })
    closing.push(front.close)
    const databaseUrl = await createDatabase(pair, postgres)
    const pooled = await createPooledLogin(databaseUrl)
    const pooler = hasPooler
      ? await openPooler({ folder, program: programs.pgbouncer, runAs, targetUrl: pooled, sessions: 10 })
      : undefined
    if (pooler !== undefined) closing.push(pooler.close)
    const masterKey = newSecretKey()
    const settings: Settings = {
      DATABASE_URL: pooler?.url ?? databaseUrl,
      DATABASE_DIRECT_URL: databaseUrl,
      SCRIP_DATA_DIR: folder,
      SCRIP_MASTER_KEY: masterKey.toString('base64'),
      SCRIP_PUBLIC_URL: `http://${http}`,
      SCRIP_TRUST_PROXY: 'true',
      SCRIP_DEMO: 'false',
      SCRIP_PATIENCE_MS: '300',
      SCRIP_SANDBOX_DELAY_MS: '500',
      SCRIP_LOG_LEVEL: 'info',
    }
    await run(['migrate'], settings)
    await pooler?.reconnect()
    const hostile = await startHostile(join(folder, 'hostile'), seed)
    closing.push(hostile.close)
    const receiver = await openReceiver(join(folder, 'received.jsonl'), seed)
    closing.push(receiver.close)
    const shop = await furnish({ masterKey, databaseUrl, settings, hostile, receiver })
    const start = (role: 'server' | 'worker', number: number, port: number) =>
      startProductLives({ name: `${role} ${number}`, role, port, settings })
    const workerPorts = [await freePort(), await freePort()]
    const [started, workers] = await Promise.all([
      Promise.all(ports.map((port, place) => start('server', place + 1, port))),
      Promise.all(workerPorts.map((port, place) => start('worker', place + 1, port))),
    ])
    for (const one of [...started, ...workers]) closing.push(one.kill)
    return {
      folder,
      pair,
      baseUrl: `http://${http}`,
      databaseUrl,
      settings,
      servers: started,
      workers,
      hostile,
      receiver,
      shop,
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** A login and a database, as docs/operating.md has an operator make them; their address leads through HAProxy. */
async function createDatabase({ superuserPassword, leader }: DatabasePair, front: string): Promise<string> {
  const { postgres } = await leader()
  const database = openDatabase({
    url: `postgres://postgres:${superuserPassword}@${postgres}/postgres`,
    poolSize: 1,
  })
  await database.query(rawStatement("create role scrip login createrole password 'rehearsal'"))
  await database.query(rawStatement('create database scrip owner scrip'))
  await database.close()
  return `postgres://scrip:rehearsal@${front}/scrip`
}

/** The login of pooled sessions, which owns nothing. */
async function createPooledLogin(databaseUrl: string): Promise<string> {
  const database = openDatabase({ url: databaseUrl, poolSize: 1 })
  await database.query(rawStatement("create role scrip_pooled login password 'rehearsal'"))
  await database.close()
  const url = new URL(databaseUrl)
  url.username = 'scrip_pooled'
  return url.href
}

async function furnish(parts: {
  readonly masterKey: ReturnType<typeof newSecretKey>
  readonly databaseUrl: string
  readonly settings: Settings
  readonly hostile: Hostile
  readonly receiver: Receiver
}): Promise<Shop> {
  const { masterKey, databaseUrl, settings, hostile, receiver } = parts
  const database = openDatabase({
    url: databaseUrl,
    role: 'scrip_app',
    poolSize: 4,
    statementTimeoutMs: 60_000,
  })
  try {
    const world = await createWorld(database, await openKeyRing(database, masterKey))
    const partners = []
    for (let number = 0; number < walletCount; number += 1)
      partners.push(await world.partner(1_000_000_000n * unit))
    const stocked = [await world.sku(), await world.sku(), await world.sku()]
    for (const skuId of stocked) await world.stock(skuId, 10_000)
    const supplied = await openHostileAccount(world, hostile.account, suppliedBehaviours)
    const ids = partners.map(({ partnerId }) => partnerId)
    for (const email of await readEmails(database, ids))
      await run(
        ['webhooks', 'add', email, '--dialect', 'giftapi', '--url', receiver.urlFor('giftapi')],
        settings,
      )
    const buyers = []
    for (const partnerId of ids) buyers.push(await giftapiKeys(world, partnerId))
    return { buyers, stocked, supplied }
  } finally {
    await database.close()
  }
}

const walletCount = 4

/** What comes to its end within seconds; the patient ones are tried by `npm run chaos`. */
const suppliedBehaviours = [
  'at-once',
  'clean-refusal',
  'charged-then-reset',
  'charged-then-500',
  'not-charged-reset',
  'processing',
] as const
