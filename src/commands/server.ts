import { openDatabaseHome } from '../platform/database-home.ts'
import { openLog } from '../platform/log.ts'
import { openMetrics } from '../platform/metrics.ts'
import { openAntechamber } from './antechamber.ts'
import { watchClock } from './clock.ts'
import { command } from './command.ts'
import { setUpDatabase } from './database-setup.ts'
import { openEngine } from './engine.ts'
import { openSuppliers } from './fulfil.ts'
import { flag } from './params.ts'
import { runUntilStopped } from './run-until-stopped.ts'
import { serve } from './serve.ts'
import { startOnDatabase } from './start-on-database.ts'
import { publicUrlOf } from './up.ts'

export const server = command({
  name: 'server',
  summary: 'Answer HTTP requests; any number of servers may share a database.',
  details: [
    'It needs a database: DATABASE_URL, or an embedded one that a "scrip up" on this machine keeps running. A database that does not answer is waited for, and /readyz says so. Background work is done by "scrip worker".',
  ],
  examples: ['server', 'server --migrate'],
  params: { migrate: flag('--migrate', 'apply missing migrations first, instead of refusing to start') },
  async run(context, { migrate }) {
    const { config, dialects } = context
    const log = openLog(context.isVerbose ? 'debug' : config.logLevel)
    await runUntilStopped(log, config.drainMs, async (things, stopping) => {
      const antechamber = await openAntechamber(config)
      things.add('antechamber', () => antechamber.close())
      const publicUrl = publicUrlOf(config, antechamber.port)
      const home = await openDatabaseHome(config, 'join', log)
      await startOnDatabase({ home, log, stopping }, things, async (opened) => {
        if (migrate) await setUpDatabase(home, config.databaseRole, log)
        const engine = await openEngine(config, home, log, opened)
        const metrics = openMetrics()
        await watchClock(engine, metrics, log)
        const suppliers = await openSuppliers({ config, connectors: context.suppliers, engine, log }, opened)
        await serve({ config, dialects, suppliers, engine, antechamber, publicUrl, metrics, log }, opened)
      })
      log.info({ url: publicUrl, environment: config.environment }, 'serving')
      context.print({
        json: { url: publicUrl, environment: config.environment },
        text: [`Listening on ${publicUrl}. Ctrl-C stops it.`],
      })
    })
    return undefined
  },
})
