import { runCommandLine } from './commands/run-command-line.ts'
import { server } from './commands/server.ts'
import { dialects } from './dialects/all.ts'
import { jobs } from './jobs/all.ts'
import { payerConnectors } from './payers/all.ts'
import { connectors } from './suppliers/all.ts'

// The same as "scrip server", for those who start Node themselves.
process.exitCode = await runCommandLine(
  [server],
  { dialects, suppliers: connectors, payers: payerConnectors, jobs },
  ['server', ...process.argv.slice(2)],
)
