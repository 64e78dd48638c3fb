import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect } from 'vitest'
import type { Catalogue } from '../src/core/catalogue/catalogue.ts'
import { openCallLog } from '../src/core/calls/open-call-log.ts'
import type { Services } from '../src/dialects/dialect.ts'
import { buildServer } from '../src/dialects/mount.ts'
import type { ServerOptions } from '../src/dialects/mount.ts'
import type { Database } from '../src/platform/database.ts'
import { openLog } from '../src/platform/log.ts'
import { createTestDatabase } from './database.ts'
import { fixtureDialect } from './fixture-dialect.ts'

export type FixtureServer = {
  readonly baseUrl: string
  readonly callLog: ServerOptions['callLog']
  close(): Promise<void>
}

/** The headers of a good call, without and with a JSON body. */
export const good = { authorization: 'Bearer good' }
export const json = { ...good, 'content-type': 'application/json' }

/** One server with the fixture dialect alone for the calling test file, over a database of its own, and the means to ask it. */
export function useFixtureServer() {
  let database: Database
  let databaseUrl: string
  let server: FixtureServer

  beforeAll(async () => {
    const made = await createTestDatabase()
    database = made.database
    databaseUrl = made.url
    server = await start()
  })

  afterAll(() => server.close())

  /** Another server like it, to be closed by who started it. */
  function start(changes: Partial<ServerOptions> & { on?: Database } = {}): Promise<FixtureServer> {
    const { on = database, ...rest } = changes
    return startFixtureServer(on, rest)
  }

  function call(path: string, init: RequestInit = {}, on: FixtureServer = server): Promise<Response> {
    return fetch(on.baseUrl + path, { headers: good, ...init })
  }

  function post(
    path: string,
    body: string | Buffer,
    headers: Readonly<Record<string, string>> = json,
  ): Promise<Response> {
    return call(path, { method: 'POST', body: Uint8Array.from(Buffer.from(body)), headers })
  }

  return {
    database: () => database,
    databaseUrl: () => databaseUrl,
    baseUrl: () => server.baseUrl,
    server: () => server,
    start,
    call,
    post,
  }
}

/** The catalogue of all fixture servers: the mount asks no more of it than whether it is still the same. */
export const fixtureCatalogue = { now: {} as Catalogue } // Nothing looks into it.

/** The fixture needs no real catalogue, no callers and no orders: none are opened. */
async function startFixtureServer(
  database: Database,
  changes: Partial<ServerOptions>,
): Promise<FixtureServer> {
  const callLog = openCallLog(database)
  const services = {
    database,
    orders: { onBatch: undefined },
    catalogue: { current: () => fixtureCatalogue.now },
  }
  const app = await buildServer({
    services: services as unknown as Services, // All of it that the fixture and the mount touch.
    dialects: [fixtureDialect],
    callLog,
    log: openLog('silent'),
    hosts: new Map([['gift.example.com', 'fixture']]),
    trustProxy: false,
    environment: 'sandbox',
    publicUrl: 'http://127.0.0.1',
    drainMs: 3_000,
    ready: () => Promise.resolve(true),
    ...changes,
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo // A TCP server's address is no string.
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    callLog,
    async close() {
      await app.close()
      await callLog.close()
    },
  }
}

/** Expects the fixture's envelope with this fault and the headers that every failure carries, and answers with the body. */
export async function expectFault(
  response: Response,
  status: number,
  fault: string,
): Promise<Record<string, unknown>> {
  const body = (await response.json()) as Record<string, unknown> // The fixture's envelope.
  const header = response.headers.get('x-fixture-fault')
  expect({ status: response.status, fault: body['fault'], header }).toEqual({ status, fault, header: fault })
  expect(response.headers.get('x-request-id')).toMatch(/^[A-Za-z0-9._-]{8,64}$/)
  expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  expect(response.headers.get('cache-control')).toBe('no-store')
  return body
}
