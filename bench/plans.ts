import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { openKeyRing } from '../src/core/keys/open-key-ring.ts'
import { openWallet } from '../src/core/ledger/open-wallet.ts'
import { postTransfer } from '../src/core/ledger/post-transfer.ts'
import { createCredential } from '../src/core/partners/create-credential.ts'
import { createPartner } from '../src/core/partners/create-partner.ts'
import { setPartnerPlan } from '../src/core/partners/set-partner-plan.ts'
import { setPlan } from '../src/core/plans/set-plan.ts'
import { openDatabase, sql } from '../src/platform/database.ts'
import type { Database } from '../src/platform/database.ts'
import { newSecretKey } from '../src/platform/secrets.ts'
import type { PartnerId } from '../src/values/ids.ts'
import { httpLoad } from './http-load.ts'
import { startProduct } from './product.ts'
import { startBenchServer } from './server.ts'
import { fillStock, makeSkus, usd } from './world.ts'

type Account = { readonly partnerId: PartnerId; readonly secretKey: string }

/**
 * What limits a minute and a month cost a request: the same requests of an account without a plan and of one whose limits are too high to
 * be met, in turn, so that both meet the machine as it is; their ratio is printed, and that every request was counted exactly once.
 * Options: --rounds N (20), --seconds N (1), --clients N (64).
 */
export async function run(args: readonly string[]): Promise<void> {
  const option = (name: string, fallback: number): number => {
    const place = args.indexOf(`--${name}`)
    return place < 0 ? fallback : Number(args[place + 1])
  }
  const [rounds, seconds, clients] = [option('rounds', 20), option('seconds', 1), option('clients', 64)]
  const server = await startBenchServer()
  const masterKey = newSecretKey()
  const database = openDatabase({ url: server.url, role: 'scrip_app', statementTimeoutMs: 0 })
  try {
    const keyRing = await openKeyRing(database, masterKey)
    const skuIds = await makeSkus(database)
    await fillStock(database, keyRing, skuIds, option('stock', 100_000))
    const free = await makeAccount(database, masterKey, undefined)
    const limited = await makeAccount(database, masterKey, 'bench')
    const product = await startProduct(server.url, masterKey)
    try {
      for (const [name, status, requestsOf] of kinds(product.baseUrl)) {
        const before = await countOf(database, limited)
        const warm = { clients, status, once: false, seconds: 1 }
        await httpLoad(product.baseUrl, requestsOf(free), warm)
        let { count: sent } = await httpLoad(product.baseUrl, requestsOf(limited), warm)
        await server.settle()
        const [rates, ratios] = [[0, 0], [] as number[]]
        for (let round = 0; round < rounds; round += 1) {
          const pair = [0, 0]
          for (const account of round % 2 === 0 ? [free, limited] : [limited, free]) {
            const load = { clients, status, once: false, seconds }
            const figures = await httpLoad(product.baseUrl, requestsOf(account), load)
            if (account === limited) sent += figures.count
            pair[account === free ? 0 : 1] = figures.perSecond
          }
          const [without = 0, withLimits = 0] = pair
          ratios.push(withLimits / without)
          rates[0] = (rates[0] ?? 0) + without / rounds
          rates[1] = (rates[1] ?? 0) + withLimits / rounds
        }
        // What the server holds ahead is handed back once nobody calls.
        await sleep(1_000)
        const counted = (await countOf(database, limited)) - before
        const [without = 0, withLimits = 0] = rates
        process.stdout.write(
          `${name.padEnd(10)} with limits: ${(withLimits / without).toFixed(3)} of the throughput without ` +
            `(${withLimits.toFixed(0)} against ${without.toFixed(0)} a second; median of pairs ${median(ratios).toFixed(3)}); ` +
            `${sent} sent, ${counted} counted${sent === counted ? '' : ': WRONG'}\n`,
        )
        if (sent !== counted) process.exitCode = 1
      }
    } finally {
      await product.stop()
    }
  } finally {
    await database.close()
    await server.stop()
  }
}

function kinds(baseUrl: string) {
  const { host } = new URL(baseUrl)
  const head = ({ secretKey }: Account): string => `Host: ${host}\r\nAuthorization: Bearer ${secretKey}\r\n`
  const balance = (account: Account): Buffer[] => [
    Buffer.from(`GET /iascroft/v1/wallet/balance HTTP/1.1\r\n${head(account)}\r\n`),
  ]
  const catalogue = (account: Account): Buffer[] => [
    Buffer.from(`GET /iascroft/v1/giftcard/products HTTP/1.1\r\n${head(account)}\r\n`),
  ]
  const purchase = (account: Account): Buffer[] =>
    Array.from({ length: 100 }, (_, place) => {
      const body = JSON.stringify({ product_id: `BENCH-${place % 8}`, amount: 10, currency: 'USD' })
      const fields = `Content-Type: application/json\r\nContent-Length: ${body.length}\r\nX-Bench: ${randomUUID()}\r\n`
      return Buffer.from(
        `POST /iascroft/v1/giftcard/purchase HTTP/1.1\r\n${head(account)}${fields}\r\n${body}`,
      )
    })
  return [
    ['purchases', 201, purchase],
    ['balances', 200, balance],
    ['products', 200, catalogue],
  ] as const
}

async function makeAccount(
  database: Database,
  masterKey: ReturnType<typeof newSecretKey>,
  plan: string | undefined,
): Promise<Account> {
  const keyRing = await openKeyRing(database, masterKey)
  return database.inTransaction(async (tx) => {
    const limits = { requestsPerMinute: 900_000_000, requestsPerMonth: 900_000_000, areas: undefined }
    await setPlan(tx, { code: 'bench', name: 'Bench', ...limits }, 'bench')
    const { id: partnerId } = await createPartner(tx, { name: 'Bench', email: 'bench@example.com' })
    const wallet = await openWallet(tx, { partnerId, currency: usd, isDefault: true })
    const opening = { kind: 'topup', amount: 10n ** 15n, reference: 'opening', actor: 'bench' } as const
    await postTransfer(tx, { partnerId, walletId: wallet.id, ...opening })
    if (plan !== undefined) await setPartnerPlan(tx, { partnerId, plan, actor: 'bench' })
    const credential = { partnerId, dialect: 'iascroft', label: 'bench', withSecret: false }
    const { token: secretKey } = await createCredential(tx, keyRing, credential)
    return { partnerId, secretKey }
  })
}

async function countOf(database: Database, { partnerId }: Account): Promise<number> {
  const [row] = await database.query<{ used: bigint }>(
    sql`select month_used as used from plan_usage where partner_id = ${partnerId}`,
  )
  return Number(row?.used ?? 0n)
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
