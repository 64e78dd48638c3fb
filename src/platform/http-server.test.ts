import { expect, test } from 'vitest'
import { openHttpServer } from './http-server.ts'

test('the limits of the server are those that its documentation names', async () => {
  const app = openHttpServer({
    trustProxy: false,
    drainMs: 1_000,
    badAddress: (_error, _request, reply) => void reply.code(400).send(),
  })
  const { headersTimeout, requestTimeout, keepAliveTimeout, maxConnections } = app.server
  expect({ headersTimeout, requestTimeout, keepAliveTimeout, maxConnections }).toEqual({
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    keepAliveTimeout: 72_000,
    maxConnections: 10_000,
  })
  expect(app.initialConfig.bodyLimit).toBe(1_048_576)
  await app.close()
})
