import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { GiftapiCredential } from './giftapi-client.ts'

export type Settings = Readonly<Record<string, string>>

/** `scrip …` in a process of its own, as an operator starts it. */
export type ScripProcess = {
  readonly pid: number
  /** The line of JSON that it prints once it does its work. */
  readonly announced: Promise<Readonly<Record<string, unknown>>>
  /** Every line of JSON that it has printed so far. */
  printed(): Readonly<Record<string, unknown>>[]
  /** What it has logged so far. */
  log(): string
  isRunning(): boolean
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>
  kill(signal: NodeJS.Signals): void
}

const thisTree = join(import.meta.dirname, '..')

const running = new Set<ChildProcess>()

/** Starts a command that goes on running, with --json; of this tree, or of another one. */
export function startScrip(args: readonly string[], settings: Settings, tree = thisTree): ScripProcess {
  const child = spawnScrip([...args, '--json'], { SCRIP_LOG_LEVEL: 'info', ...settings }, tree)
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text))
  let out = ''
  const printed = (): Record<string, unknown>[] =>
    out
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Record<string, unknown>) // The command's own contract; the tests assert what they need of it.
  const announced = new Promise<Record<string, unknown>>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text
      const [line] = printed()
      if (line === undefined) return
      if ('error' in line) reject(new Error(out))
      else resolve(line)
    })
    child.once('exit', (code) => reject(new Error(`It ended with ${code} and said ${out}${log}`)))
  })
  announced.catch(() => undefined)
  const ended = once(child, 'exit').then(
    ([code, signal]: unknown[]) =>
      (typeof code === 'number' ? code : String(signal)) as number | NodeJS.Signals,
  ) // As Node documents it.
  return {
    pid: child.pid ?? 0,
    announced,
    printed,
    log: () => log,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    ended,
    kill: (signal) => void child.kill(signal),
  }
}

/** Runs a command to its end. */
export async function runScrip(
  args: readonly string[],
  settings: Settings,
  tree = thisTree,
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const child = spawnScrip(args, settings, tree)
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
  await once(child, 'close')
  return { code: child.exitCode ?? -1, out, err }
}

/** Ends, without mercy, what a test that failed has left running. */
export function killAllScrip(): void {
  for (const child of running) child.kill('SIGKILL')
}

function spawnScrip(args: readonly string[], settings: Settings, tree: string) {
  const { DATABASE_URL: _, SCRIP_DATA_DIR: __, SCRIP_MASTER_KEY: ___, ...rest } = process.env
  const env = { ...rest, PORT: '0', ...settings }
  const child = spawn(process.execPath, [join(tree, 'bin/scrip.js'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
  })
  running.add(child)
  child.once('exit', () => running.delete(child))
  return child
}

/** What demo.json says. */
export async function readDemo(
  dataDir: string,
): Promise<{ readonly baseUrl: string; readonly credential: GiftapiCredential }> {
  const demo = JSON.parse(await readFile(join(dataDir, 'demo.json'), 'utf8')) as {
    baseUrl: string
    giftapi: { token: string; partnerSecret: string }
  }
  return {
    baseUrl: demo.baseUrl,
    credential: { token: demo.giftapi.token, secret: demo.giftapi.partnerSecret },
  }
}

/** A SKU of the demo world's first voucher, as a client finds it: one that has codes in stock, or one that a supplier fills. */
export async function findSku(
  baseUrl: string,
  { token }: GiftapiCredential,
  source: 'stock' | 'supplier' = 'stock',
): Promise<string> {
  const get = async (path: string): Promise<unknown> =>
    (
      await fetch(`${baseUrl}/giftapi/v1/partner${path}`, { headers: { authorization: `Bearer ${token}` } })
    ).json()
  const list = (await get('/catalog/products?type=voucher&per_page=1')) as { data: { id: string }[] }
  const product = (await get(`/catalog/products/${list.data[0]?.id}`)) as {
    data: { skus: { id: string; name: string }[] }
  }
  // What suppliers fill has no end either; of these two there are own codes.
  const sku = product.data.skus.find((one) => /^\$(10|25) /.test(one.name) === (source === 'stock'))
  if (sku === undefined) throw new Error(`The first voucher of the demo world has no ${source}.`)
  return sku.id
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (address === null || typeof address === 'string') throw new Error('The probe has no port.')
  return address.port
}
