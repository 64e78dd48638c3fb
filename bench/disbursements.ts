import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { constants, publicEncrypt, randomBytes } from 'node:crypto'
import { openIssuing } from '../src/core/disbursements/open-issuing.ts'
import { openKeyRing } from '../src/core/keys/open-key-ring.ts'
import type { KeyRing } from '../src/core/keys/ring.ts'
import { checkLedger } from '../src/core/ledger/check-ledger.ts'
import { openWallet } from '../src/core/ledger/open-wallet.ts'
import { postTransfer } from '../src/core/ledger/post-transfer.ts'
import { createCredential } from '../src/core/partners/create-credential.ts'
import { createPartner } from '../src/core/partners/create-partner.ts'
import { openDatabase, rawStatement, sql } from '../src/platform/database.ts'
import type { Database } from '../src/platform/database.ts'
import { openLog } from '../src/platform/log.ts'
import { newSecretKey } from '../src/platform/secrets.ts'
import { openRenderer } from '../src/platform/templates.ts'
import { parseCurrency } from '../src/values/money.ts'
import type { PartnerId } from '../src/values/ids.ts'
import { startProduct } from './product.ts'
import { startBenchServer } from './server.ts'

/**
 * Disbursements of 10,000 recipients over HTTP: until the call is answered, and until all vouchers are issued and their messages written, as
 * ratios to a plain COPY of as many rows on the same server, measured before and after. Proves the books at the end. Options: --recipients N
 * (10,000), --rounds N (3).
 */
export async function run(args: readonly string[]): Promise<void> {
  const recipients = option(args, '--recipients', 10_000)
  const rounds = option(args, '--rounds', 3)
  const server = await startBenchServer()
  const masterKey = newSecretKey()
  const database = openDatabase({ url: server.url, role: 'scrip_app' })
  const owner = openDatabase({ url: server.superuserUrl, poolSize: 4, statementTimeoutMs: 0 })
  try {
    const keyRing = await openKeyRing(database, masterKey)
    const product = await startProduct(server.url, masterKey)
    const issuing = openIssuing({ database, keyRing, renderer: openRenderer(), log: openLog('warn') })
    try {
      const company = await makeCompany(database, keyRing, product.baseUrl)
      for (let round = 1; round <= rounds; round += 1) {
        await server.settle()
        const before = await copyPlainly(owner, recipients)
        const { answeredMs, issuedMs } = await disburse(database, company, `BENCH-${round}`, recipients)
        const after = await copyPlainly(owner, recipients)
        const yardstick = (before + after) / 2
        print(
          `round ${round}: answered after ${seconds(answeredMs)} (${(answeredMs / yardstick).toFixed(1)} COPYs), ` +
            `all ${recipients} issued after ${seconds(issuedMs)} (${(issuedMs / yardstick).toFixed(1)} COPYs); ` +
            `a COPY of as many rows took ${before.toFixed(0)} ms before and ${after.toFixed(0)} ms after`,
        )
      }
    } finally {
      await issuing.stop()
      await product.stop()
    }
    await proveBooks(database)
  } finally {
    await Promise.all([owner.close(), database.close()])
    await server.stop()
  }
}

type Company = { readonly partnerId: PartnerId; readonly baseUrl: string; readonly token: string }

async function makeCompany(database: Database, keyRing: KeyRing, baseUrl: string): Promise<Company> {
  const currency = parseCurrency('KES')
  if (currency === undefined) throw new Error('KES is a currency.')
  const { partnerId, credential } = await database.inTransaction(async (tx) => {
    const { id } = await createPartner(tx, { name: 'Bench', email: 'bench@example.com' })
    const wallet = await openWallet(tx, { partnerId: id, currency, isDefault: true })
    const funds = { kind: 'topup', amount: 10n ** 15n, reference: 'opening', actor: 'bench' } as const
    await postTransfer(tx, { partnerId: id, walletId: wallet.id, ...funds })
    const order = { partnerId: id, dialect: 'giftpesa', label: '', withSecret: false, withEncryption: true }
    return { partnerId: id, credential: await createCredential(tx, keyRing, order) }
  })
  const { username = '', encryptionKey = '', token } = credential
  const stamp = new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14)
  const basic = publicEncrypt(
    { key: encryptionKey, padding: constants.RSA_PKCS1_PADDING },
    Buffer.from(`${token}:${stamp}`),
  ).toString('base64')
  const headers = { username, authorization: `Basic ${basic}` }
  const response = await fetch(`${baseUrl}/giftpesa/authorize`, { headers })
  const { Token } = (await response.json()) as { Token: string }
  return { partnerId, baseUrl, token: Token }
}

async function disburse(
  database: Database,
  { partnerId, baseUrl, token }: Company,
  id: string,
  recipients: number,
): Promise<{ readonly answeredMs: number; readonly issuedMs: number }> {
  const body = JSON.stringify({
    DisbursementID: id,
    DisbursementTitle: 'Bench',
    Recipients: Array.from({ length: recipients }, (_, place) => ({
      Name: `Person ${place}`,
      Phone: `07${String(10_000_000 + place)}`,
      Amount: 100 + (place % 50),
    })),
  })
  const startedAt = performance.now()
  const response = await fetch(`${baseUrl}/giftpesa/disburse`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body,
  })
  const answer = await response.text()
  const answeredMs = performance.now() - startedAt
  if (response.status !== 200) throw new Error(`The disbursement was refused: ${answer}`)
  for (;;) {
    const [row] = await database.query<{ state: string }>(
      sql`select state from disbursements where partner_id = ${partnerId} and external_id = ${id}`,
    )
    if (row?.state === 'completed') return { answeredMs, issuedMs: performance.now() - startedAt }
    if (performance.now() - startedAt > 120_000)
      throw new Error('The vouchers were not issued within two minutes.')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** As many rows of a voucher's columns into a table without an index, in one commit. @returns milliseconds */
async function copyPlainly(owner: Database, rows: number): Promise<number> {
  const dir = await mkdtemp(join(tmpdir(), 'scrip-bench-copy-'))
  try {
    const path = join(dir, 'rows.csv')
    const lines = Array.from({ length: rows }, (_, place) =>
      [
        crypto.randomUUID(),
        crypto.randomUUID(),
        `\\x${randomBytes(40).toString('hex')}`,
        `+2547${10_000_000 + place}`,
        `Person ${place}`,
        '100000000',
        place,
      ].join(','),
    )
    await writeFile(path, `${lines.join('\n')}\n`)
    // The server may run as somebody else.
    await chmod(dir, 0o755)
    await chmod(path, 0o644)
    await owner.query(rawStatement('drop table if exists bench_plain'))
    await owner.query(
      rawStatement(
        'create table bench_plain (id uuid, code_hash uuid, code bytea, phone text, holder text, amount bigint, position integer)',
      ),
    )
    const startedAt = performance.now()
    await owner.query(rawStatement(`copy bench_plain from '${path}' with (format csv)`))
    return performance.now() - startedAt
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

async function proveBooks(database: Database): Promise<void> {
  const { checks, ok } = await checkLedger(database)
  for (const check of checks.filter((one) => !one.ok)) print(`  FAILED ${check.detail}`)
  if (!ok) throw new Error('The books are not exact.')
  print(`  ok     ${checks.length} rules of the ledger hold`)
}

function option(args: readonly string[], name: string, usual: number): number {
  const place = args.indexOf(name)
  return place < 0 ? usual : Number(args[place + 1])
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1_000).toFixed(2)} s`
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
