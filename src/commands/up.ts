import { newSetupCode } from '../core/users/set-up-operator.ts'
import { openDatabaseHome } from '../platform/database-home.ts'
import type { Config } from '../platform/config.ts'
import { demoFile } from '../platform/demo-file.ts'
import { openLog } from '../platform/log.ts'
import type { Log } from '../platform/log.ts'
import { openMetrics } from '../platform/metrics.ts'
import type { OpenThings } from '../platform/shutdown.ts'
import { openAntechamber } from './antechamber.ts'
import { watchClock } from './clock.ts'
import { command } from './command.ts'
import type { Context, Printable } from './context.ts'
import { setUpDatabase } from './database-setup.ts'
import { ensureDemoWorld } from './demo-world.ts'
import { openEngine } from './engine.ts'
import { openSuppliers } from './fulfil.ts'
import { runUntilStopped } from './run-until-stopped.ts'
import { serve } from './serve.ts'
import { startOnDatabase } from './start-on-database.ts'
import { work } from './work.ts'

export const up = command({
  name: 'up',
  summary: 'Start everything in one process: database, server and worker (this is "npm start").',
  details: [
    'Without DATABASE_URL the PostgreSQL that comes with Scrip runs under the data directory. Migrations are applied, the master key is made if there is none, and a new sandbox is filled with a demo world whose keys are in demo.json.',
    'Ctrl-C stops it in good order, a second Ctrl-C at once. With --json a line tells when it listens.',
  ],
  examples: ['up', 'up --json', '--verbose up'],
  params: {},
  async run(context) {
    const { config } = context
    const log = openLog(context.isVerbose ? 'debug' : config.logLevel)
    await runUntilStopped(log, config.drainMs, (things, stopping) =>
      start(context, config, log, things, stopping),
    )
    return undefined
  },
})

async function start(
  context: Context,
  config: Config,
  log: Log,
  things: OpenThings,
  stopping: AbortSignal,
): Promise<void> {
  const antechamber = await openAntechamber(config)
  things.add('antechamber', () => antechamber.close())
  const publicUrl = publicUrlOf(config, antechamber.port)
  const home = await openDatabaseHome(config, 'run', log)
  things.add('embedded database', () => home.close())
  const setupCode = await startOnDatabase({ home, log, stopping }, things, async (opened) => {
    await setUpDatabase(home, config.databaseRole, log)
    const engine = await openEngine(config, home, log, opened)
    if (config.demo)
      await ensureDemoWorld(
        { ...engine, dataDir: config.dataDir, publicUrl },
        context.progress('Making the demo world'),
      )
    const metrics = openMetrics()
    await watchClock(engine, metrics, log)
    const { jobs, dialects } = context
    const suppliers = await openSuppliers({ config, connectors: context.suppliers, engine, log }, opened)
    work(
      { config, jobs, dialects, payers: context.payers, suppliers, engine, metrics, log, concurrency: 4 },
      opened,
    )
    const code = await newSetupCode(engine.database)
    await serve({ config, dialects, suppliers, engine, antechamber, publicUrl, metrics, log }, opened)
    return code
  })
  log.info({ url: publicUrl, environment: config.environment, database: home.kind }, 'serving')
  context.print(banner(context, config, { publicUrl, database: home.kind, setupCode }))
}

/** With PORT=0 the address is known only when a port was given. */
export function publicUrlOf(config: Config, port: number): string {
  return config.port === 0 ? config.publicUrl.replace(/:0$/, `:${port}`) : config.publicUrl
}

function banner(
  context: Context,
  config: Config,
  found: {
    readonly publicUrl: string
    readonly database: string
    /** Undefined: there is an operator. */
    readonly setupCode: string | undefined
  },
): Printable {
  const { publicUrl, database, setupCode } = found
  const docs = `${publicUrl}/docs`
  const demo = config.demo ? demoFile(config.dataDir) : undefined
  return {
    json: {
      url: publicUrl,
      docs,
      demo,
      environment: config.environment,
      database,
      dataDir: config.dataDir,
      setupCode,
    },
    text: [
      '',
      `  Scrip (${config.environment}) is ready`,
      '',
      `    Listens on   ${publicUrl}`,
      `    Portal       ${publicUrl}/portal`,
      `    Console      ${publicUrl}/console`,
      ...(setupCode === undefined
        ? []
        : [`    Set it up    ${publicUrl}/console/setup#${setupCode} (makes the first operator)`]),
      `    Reference    ${docs}`,
      ...context.dialects.map(
        (dialect) => `    ${dialect.title.padEnd(12)} ${publicUrl}${dialect.mountPath}`,
      ),
      ...(demo === undefined ? [] : [`    Demo keys    ${demo}`]),
      `    Data         ${config.dataDir}${database === 'embedded' ? '' : ' (the database is that of DATABASE_URL)'}`,
      '',
      '  Ctrl-C stops it.',
      '',
    ],
  }
}
