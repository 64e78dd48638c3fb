import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createDemoWorld } from '../src/core/demo/create-demo-world.ts'
import { openKeyRing } from '../src/core/keys/open-key-ring.ts'
import { openDatabase } from '../src/platform/database.ts'
import { newSecretKey } from '../src/platform/secrets.ts'
import { httpLoad } from './http-load.ts'
import { startProduct } from './product.ts'
import { startBenchServer } from './server.ts'

/**
 * Pages of 100 products of the demo catalogue over HTTP, with credentials, as ratios to a plain Fastify hello measured in turn with the
 * same client: whole pages, pages with their SKUs, the price list, and answers of 304. Options: --seconds N for each figure (4), --rounds N (3).
 */
export async function run(args: readonly string[]): Promise<void> {
  const number = (name: string, fallback: number): number =>
    args.includes(name) ? Number(args[args.indexOf(name) + 1]) : fallback
  const [seconds, rounds] = [number('--seconds', 4), number('--rounds', 3)]
  const server = await startBenchServer()
  const masterKey = newSecretKey()
  const database = openDatabase({ url: server.url, role: 'scrip_app', statementTimeoutMs: 0 })
  const hello = fork(new URL('./hello.ts', import.meta.url), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  try {
    const [helloUrl] = (await once(hello, 'message')) as [string]
    const world = await createDemoWorld(database, await openKeyRing(database, masterKey), {})
    const token = world?.giftapi.token ?? ''
    const product = await startProduct(server.url, masterKey)
    try {
      const cases = await prepareCases(product.baseUrl, token)
      const ratios = new Map(cases.map((one) => [one.name, [] as number[]]))
      for (let round = 0; round < rounds; round += 1) {
        for (const one of cases) {
          const before = await httpLoad(helloUrl, [get('/', {})], {
            clients: 64,
            seconds,
            status: 200,
            once: false,
          })
          const figures = await httpLoad(product.baseUrl, [one.request], {
            clients: 64,
            seconds,
            status: one.status,
            once: false,
          })
          const after = await httpLoad(helloUrl, [get('/', {})], {
            clients: 64,
            seconds,
            status: 200,
            once: false,
          })
          const yardstick = (before.perSecond + after.perSecond) / 2
          ratios.get(one.name)?.push(figures.perSecond / yardstick)
          print(
            `${one.name}: ${(figures.perSecond / yardstick).toFixed(2)} of hello (${figures.perSecond.toFixed(0)}/s, hello ${yardstick.toFixed(0)}/s, p99 ${figures.p99.toFixed(1)} ms)`,
          )
        }
      }
      for (const [name, all] of ratios)
        print(
          `median  ${name}: ${(all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0).toFixed(2)} of hello`,
        )
    } finally {
      await product.stop()
    }
  } finally {
    hello.kill()
    await database.close()
    await server.stop()
  }
}

type Case = { readonly name: string; readonly request: Buffer; readonly status: number }

async function prepareCases(baseUrl: string, token: string): Promise<Case[]> {
  const authorization = `Bearer ${token}`
  const path = '/giftapi/v1/partner/catalog/products?per_page=100'
  const response = await fetch(`${baseUrl}${path}`, { headers: { authorization } })
  const etag = response.headers.get('etag') ?? ''
  const { data } = (await response.json()) as { data: unknown[] }
  if (data.length !== 100) throw new Error(`The page has ${data.length} products.`)
  return [
    { name: '100 products', request: get(path, { authorization }), status: 200 },
    {
      name: '100 products with SKUs',
      request: get(`${path}&include_skus=true`, { authorization }),
      status: 200,
    },
    {
      name: '100 prices',
      request: get('/giftapi/v1/partner/catalog/pricelist?per_page=100', { authorization }),
      status: 200,
    },
    {
      name: '304 of 100 products',
      request: get(path, { authorization, 'if-none-match': etag }),
      status: 304,
    },
  ]
}

function get(path: string, headers: Readonly<Record<string, string>>): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.from(`GET ${path} HTTP/1.1\r\nHost: bench\r\n${lines.join('')}\r\n`)
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
