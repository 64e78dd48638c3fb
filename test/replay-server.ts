import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parseJson } from '../src/values/json.ts'

/** A recorded exchange, as the files in `examples/` hold it. */
export type Exchange = {
  readonly request: {
    readonly method: string
    readonly path: string
    readonly headers: Readonly<Record<string, string>>
    readonly body?: unknown
  }
  readonly response: {
    readonly status: number
    readonly headers: Readonly<Record<string, string>>
    readonly body: unknown
  }
}

export type ReplayServer = {
  readonly baseUrl: string
  /** What came in, as far as the recordings have it. */
  received(): readonly Exchange['request'][]
  close(): Promise<void>
}

/**
 * A server that answers what was recorded, by method and path, and 404 for anything else. Several recordings of one path are answered in
 * their order, the last of them ever again.
 */
export async function startReplayServer(exchanges: readonly Exchange[]): Promise<ReplayServer> {
  const requests: Exchange['request'][] = []
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const { method = '', url: path = '' } = incoming
      const before = requests.filter((one) => one.method === method && one.path === path).length
      const recorded = exchanges.filter(({ request }) => request.method === method && request.path === path)
      const found = recorded[Math.min(before, recorded.length - 1)]
      const text = Buffer.concat(chunks).toString('utf8')
      const names = Object.keys(found?.request.headers ?? {})
      const headers = Object.fromEntries(names.map((name) => [name, String(incoming.headers[name])]))
      requests.push({ method, path, headers, ...(text === '' ? {} : { body: parseJson(text) }) })
      response.writeHead(found?.response.status ?? 404, found?.response.headers)
      response.end(JSON.stringify(found?.response.body ?? null))
    })
  })
  server.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo // A TCP server's address.
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    received: () => requests,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
