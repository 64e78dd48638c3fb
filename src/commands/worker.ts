import { openDatabaseHome } from '../platform/database-home.ts'
import { serveOperatorPages } from '../dialects/server-pages.ts'
import { openHttpServer } from '../platform/http-server.ts'
import { openLog } from '../platform/log.ts'
import { openMetrics } from '../platform/metrics.ts'
import type { Metrics } from '../platform/metrics.ts'
import type { OpenThings } from '../platform/shutdown.ts'
import { watchClock } from './clock.ts'
import { command } from './command.ts'
import { setUpDatabase } from './database-setup.ts'
import { openEngine } from './engine.ts'
import { openSuppliers } from './fulfil.ts'
import { flag, option, wholeNumber } from './params.ts'
import { runUntilStopped } from './run-until-stopped.ts'
import { startOnDatabase } from './start-on-database.ts'
import { work } from './work.ts'

export const worker = command({
  name: 'worker',
  summary: 'Do the background work: scheduled jobs and what requests leave to be done.',
  details: [
    'It needs a database, as "scrip server" does. Any number of workers may share one; each job is taken by one of them, and if that one dies, by another.',
  ],
  examples: ['worker', 'worker --concurrency 8 --port 9090'],
  params: {
    concurrency: option('--concurrency <n>', 'jobs at a time, 4 by default', wholeNumber(1, 100), 4),
    port: option('--port <n>', 'serve /healthz, /readyz and /metrics there', wholeNumber(1, 65_535)),
    migrate: flag('--migrate', 'apply missing migrations first, instead of refusing to start'),
  },
  async run(context, { concurrency, port, migrate }) {
    const { config, jobs, dialects } = context
    const log = openLog(context.isVerbose ? 'debug' : config.logLevel)
    await runUntilStopped(log, config.drainMs, async (things, stopping) => {
      const home = await openDatabaseHome(config, 'join', log)
      await startOnDatabase({ home, log, stopping }, things, async (opened) => {
        if (migrate) await setUpDatabase(home, config.databaseRole, log)
        const engine = await openEngine(config, home, log, opened)
        const metrics = openMetrics()
        await watchClock(engine, metrics, log)
        const suppliers = await openSuppliers({ config, connectors: context.suppliers, engine, log }, opened)
        const queue = work(
          { config, jobs, dialects, payers: context.payers, suppliers, engine, metrics, log, concurrency },
          opened,
        )
        if (port !== undefined)
          await servePages(opened, {
            host: config.host,
            port,
            metrics,
            ready: async () => queue.isTakingJobs(),
          })
      })
      log.info({ concurrency, environment: config.environment }, 'working')
      context.print({
        json: { concurrency, jobs: context.jobs.map((job) => job.name) },
        text: ['Working. Ctrl-C stops it.'],
      })
    })
    return undefined
  },
})

async function servePages(
  things: OpenThings,
  {
    host,
    port,
    metrics,
    ready,
  }: {
    readonly host: string
    readonly port: number
    readonly metrics: Metrics
    readonly ready: () => Promise<boolean>
  },
): Promise<void> {
  const app = openHttpServer({
    trustProxy: false,
    drainMs: 1_000,
    badAddress: (_error, _request, reply) => void reply.code(400).send(),
  })
  serveOperatorPages(app, metrics, ready)
  things.add("the worker's pages", () => app.close())
  await app.listen({ host, port })
}
