import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import type { Metrics } from '../platform/metrics.ts'

/**
 * The pages for those who run the server: /healthz (the process lives), /readyz (the database can be reached and is migrated,
 * else 503) and /metrics (Prometheus).
 */
export function serveOperatorPages(
  app: FastifyInstance,
  metrics: Metrics,
  ready: () => Promise<boolean>,
): void {
  app.get('/healthz', () => ({ status: 'ok' }))
  app.get('/readyz', async (_request, reply) => {
    if (await isReadySoon(ready)) return { status: 'ready' }
    return reply.code(503).header('retry-after', 1).send({ status: 'not ready' })
  })
  app.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()))
}

/** A database that hangs is not ready either; whoever asks does not wait for its time-out. */
async function isReadySoon(ready: () => Promise<boolean>): Promise<boolean> {
  const patience = new AbortController()
  try {
    return await Promise.race([ready(), sleep(patienceMs, false, { signal: patience.signal })])
  } catch {
    return false
  } finally {
    patience.abort()
  }
}

const patienceMs = 2_000
