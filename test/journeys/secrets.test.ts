import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DemoWorld } from '../../src/core/demo/world.ts'
import { encryptFor, stampOf } from '../giftpesa-sign-in.ts'
import { sendOrder } from '../giftapi-client.ts'
import { startReceiver } from '../receiver.ts'
import { freePort, killAllScrip, runScrip, startScrip } from '../scrip-process.ts'
import type { ScripProcess, Settings } from '../scrip-process.ts'

/**
 * What must be seen by nobody but whom it belongs to is planted everywhere it can come in, used in all formats, rightly and wrongly; then all that
 * Scrip has written is searched for it: logs, /metrics, what the database holds, its files, its write-ahead log, and a backup.
 */

const run = promisify(execFile)
let dataDir: string
let base: string
let settings: Settings
let scrip: ScripProcess
let demo: DemoWorld
const marks = new Map<string, string>()
/** What a partner has told as an address is kept as it was told, and stands in no log all the same. */
const keptMarks = new Map<string, string>()
/** Bodies of answers that were refusals: they must not repeat what was shown to them. */
const refusals: string[] = []

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'scrip-secrets-'))
  const port = await freePort()
  base = `http://127.0.0.1:${port}`
  settings = { SCRIP_DATA_DIR: dataDir, PORT: String(port), SCRIP_LOG_LEVEL: 'trace' }
  scrip = startScrip(['up'], settings)
  await scrip.announced
  demo = JSON.parse(await readFile(join(dataDir, 'demo.json'), 'utf8')) as DemoWorld // Our own file.
}, 180_000)

afterAll(async () => {
  scrip.kill('SIGTERM')
  await scrip.ended
  killAllScrip()
  await rm(dataDir, { recursive: true, force: true })
}, 60_000)

function mark(name: string, text: string): string {
  expect(text.length, name).toBeGreaterThan(7)
  marks.set(name, text)
  return text
}

async function call(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body?: unknown,
): Promise<{ readonly status: number; readonly headers: Headers; readonly json: Record<string, unknown> }> {
  const response = await fetch(base + path, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  if (response.status >= 400) refusals.push(text)
  const json: unknown = text.startsWith('{') ? JSON.parse(text) : {}
  return { status: response.status, headers: response.headers, json: json as Record<string, unknown> } // It begins as one.
}

async function command(...args: readonly string[]): Promise<Record<string, unknown>> {
  const { code, out, err } = await runScrip([...args, '--json'], settings)
  if (code !== 0) throw new Error(`scrip ${args.join(' ')}: ${out}${err}`)
  return JSON.parse(out) as Record<string, unknown> // --json says so.
}

/** Every way in: what is right, and the same beside something that is wrong. */
async function useEverything(): Promise<void> {
  mark('iascroft key', demo.iascroft.secretKey)
  mark('giftapi token', demo.giftapi.token)
  mark('giftapi secret', demo.giftapi.partnerSecret)
  mark('iwocapay token', demo.iwocapay.accessToken)
  mark('vendify key', demo.vendify.apiKey)
  mark('vendify private key', demo.vendify.privateKey.split('\n')[3] ?? '')
  mark('giftpesa key', demo.giftpesa.apiKey)
  mark('password', demo.operator.password)
  mark('partner password', demo.partner.password)

  const skus = await call('GET', '/giftapi/v1/partner/catalog/pricelist?per_page=200&type=voucher', {
    authorization: `Bearer ${demo.giftapi.token}`,
  })
  const [first] = skus.json['data'] as readonly { readonly sku_id: string }[] // As that dialect answers.
  const skuId = first?.sku_id ?? ''
  const file = join(dataDir, 'planted.csv')
  const codes = Array.from({ length: 3 }, (_, place) => ({
    code: mark(`code ${place}`, `PLANTEDCODE${place}XQZ`),
    pin: mark(`pin ${place}`, `7719004${place}31`),
  }))
  await writeFile(file, `code,pin\n${codes.map(({ code, pin }) => `${code},${pin}`).join('\n')}\n`)
  await command('stock', 'import', file, '--sku', skuId)
  await rm(file)
  const giftapi = { token: demo.giftapi.token, secret: demo.giftapi.partnerSecret }
  for (let order = 0; order < 3; order += 1) await sendOrder(base, giftapi, `secret-${order}`, skuId)
  await sendOrder(base, { ...giftapi, secret: 'another' }, 'secret-x', skuId)

  const bearer = { authorization: `Bearer ${demo.iascroft.secretKey}` }
  await call('GET', '/iascroft/v1/wallet/balance', bearer)
  await call('POST', '/iascroft/v1/giftcard/purchase', bearer, '{"product_id": broken')
  await call('GET', '/iascroft/v1/nothing', bearer)
  await call('GET', `/iascroft/v1/wallet/balance?key=${demo.iascroft.secretKey}`, {})
  await call('POST', '/iascroft/v1/giftcard/purchase', bearer, { product_id: demo.iascroft.secretKey })
  await run(process.execPath, [
    join(import.meta.dirname, '../../examples/vendify-validation.js'),
    join(dataDir, 'demo.json'),
  ])

  const basic = encryptFor(demo.giftpesa.publicKey, `${demo.giftpesa.apiKey}:${stampOf(new Date())}`)
  const authorize = { username: demo.giftpesa.username, authorization: `Basic ${basic}` }
  const { json: token } = await call('GET', '/giftpesa/authorize', authorize)
  const access = mark('giftpesa token', String(token['access_token']))
  await call('GET', '/giftpesa/authorize', authorize)
  await call(
    'POST',
    '/giftpesa/disburse',
    { authorization: `Bearer ${access}` },
    {
      DisbursementID: 'secret-1',
      DisbursementTitle: 'Lunch',
      Recipients: [{ Name: 'Jane Doe', Phone: '0712345678', Amount: 100 }],
    },
  )
  await call('GET', `/giftpesa/merchants?token=${access}`, {})

  const iwocapay = { authorization: `Bearer ${demo.iwocapay.accessToken}` }
  await call('POST', '/iwocapay/orders', iwocapay, { token: demo.iwocapay.accessToken })

  await usePortal()
  await useOperators()
}

async function usePortal(): Promise<void> {
  const own = { origin: base, 'x-scrip-side': 'partner' }
  await call('POST', '/api/v1/session', own, {
    side: 'partner',
    ...demo.partner,
    password: mark('wrong password', 'not-it-9471-xqz'),
  })
  const signedIn = await call('POST', '/api/v1/session', own, { side: 'partner', ...demo.partner })
  const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  mark('session', cookie.split('=')[1] ?? '')
  const headers = { ...own, cookie }
  for (const format of ['giftapi', 'iascroft', 'vendify', 'giftpesa', 'iwocapay', 'house']) {
    const made = await call('POST', '/api/v1/keys', headers, { format, label: 'planted' })
    if (made.status === 201) mark(`${format} key of the portal`, String(made.json['token']))
    if (typeof made.json['secret'] === 'string') mark(`${format} secret of the portal`, made.json['secret'])
  }
  const receiver = await startReceiver(() => 500)
  const url = `${receiver.url}?token=whisper-5512-xqz`
  keptMarks.set('token in an address', 'whisper-5512-xqz')
  const hook = await call('POST', '/api/v1/webhook-endpoints', headers, { format: 'house', url })
  if (typeof hook.json['secret'] === 'string') mark('webhook secret', hook.json['secret'])
  const [endpoint] = [hook.json['endpoint'] as { readonly id?: string } | undefined]
  await call('POST', `/api/v1/webhook-endpoints/${endpoint?.id ?? ''}/test`, headers)
  const orders = await call('GET', '/api/v1/orders?limit=3', headers)
  const [order] = (orders.json['data'] ?? []) as readonly { readonly id: string }[]
  await call('POST', `/api/v1/orders/${order?.id ?? ''}/reveal`, headers)
  await call('POST', `/api/v1/orders/${order?.id ?? ''}/send`, headers, { to: 'friend@example.com' })
  const wallets = await call('GET', '/api/v1/wallets', headers)
  const [wallet] = (wallets.json['data'] ?? []) as readonly { readonly id: string }[]
  await call('POST', `/api/v1/wallets/${wallet?.id ?? ''}/withdrawals`, headers, {
    amount: '1',
    bank_account: {
      bank_name: 'First Bank',
      account_name: 'Ada Obi',
      account_number: mark('account number', '9034417762518'),
    },
  })
  const totp = await call('POST', '/api/v1/account/authenticator', headers, {
    password: demo.partner.password,
  })
  if (typeof totp.json['secret'] === 'string') mark('authenticator secret', totp.json['secret'])
  await call('POST', '/api/v1/password-resets', own, { side: 'partner', email: demo.partner.email })
  await expect.poll(() => receiver.received.length, { timeout: 15_000 }).toBeGreaterThan(0)
  await receiver.close()
}

async function useOperators(): Promise<void> {
  const secret = mark('supplier key', 'sk_planted_4419_xqz')
  const file = join(dataDir, 'settings.json')
  await writeFile(file, JSON.stringify({ baseUrl: 'http://127.0.0.1:9', secretKey: secret, currency: 'USD' }))
  await command(
    'supplier',
    'add',
    '--code',
    'planted',
    '--name',
    'Planted',
    '--connector',
    'iascroft',
    '--currency',
    'USD',
    '--settings',
    `@${file}`,
  )
  await rm(file)
  await runScrip(['supplier', 'balance', 'planted', '--json'], settings)
  const key = await command('merchant', 'key', 'create', 'naivas')
  mark('merchant key', String(key['token']))
  await call('POST', '/giftpesa/external/redeem', { authorization: `Bearer ${String(key['token'])}` }, {})
}

/** Every file below a folder, as bytes; what was made to be secret files is not among them. */
async function* filesBelow(
  folder: string,
): AsyncGenerator<{ readonly name: string; readonly bytes: Buffer }> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (!entry.isFile() || allowed.has(basename(path))) continue
    const { size } = await stat(path).catch(() => ({ size: 0 }))
    if (size > 0)
      yield { name: path.slice(folder.length), bytes: await readFile(path).catch(() => Buffer.alloc(0)) }
  }
}

/** Made to be read by their owner: 0600, and told of in the documentation. */
const allowed = new Set(['demo.json', 'master.key'])

function marksIn(text: string | Buffer, also: ReadonlyMap<string, string> = new Map()): string[] {
  return [...marks, ...also].filter(([, secret]) => text.includes(secret)).map(([name]) => name)
}

test('no secret stands anywhere in clear after all of it was used', async () => {
  await useEverything()
  expect(marks.size).toBeGreaterThan(25)
  const metrics = await (await fetch(`${base}/metrics`)).text()
  const backup = join(dataDir, 'backups')
  await mkdir(backup, { recursive: true })
  await command('backup', join(backup, 'planted'))
  scrip.kill('SIGTERM')
  await scrip.ended

  expect(['the log', ...marksIn(scrip.log(), keptMarks)]).toEqual(['the log'])
  expect(['/metrics', ...marksIn(metrics, keptMarks)]).toEqual(['/metrics'])
  for (const text of refusals) expect([text, ...marksIn(text, keptMarks)]).toEqual([text])
  let files = 0
  let walBytes = 0
  const found: string[] = []
  for await (const { name, bytes } of filesBelow(dataDir)) {
    files += 1
    if (name.includes('pg_wal')) walBytes += bytes.length
    found.push(...marksIn(bytes).map((secret) => `${secret} in ${name}`))
  }
  console.log({
    marks: marks.size,
    refusals: refusals.length,
    files,
    walMiB: Math.round(walBytes / 1_048_576),
  })
  expect(files).toBeGreaterThan(500)
  expect(walBytes).toBeGreaterThan(1_048_576)
  expect(found).toEqual([])
}, 300_000)

test('a mark that was written in clear is found', async () => {
  const file = join(dataDir, 'planted-leak')
  await writeFile(
    file,
    Buffer.concat([Buffer.alloc(5_000, 1), Buffer.from('PLANTEDCODE0XQZ'), Buffer.alloc(9)]),
  )
  const found: string[] = []
  for await (const { name, bytes } of filesBelow(dataDir)) found.push(...marksIn(bytes).map(() => name))
  expect(found).toEqual(['/planted-leak'])
})
