import { runCommandLine } from './commands/run-command-line.ts'
import { worker } from './commands/worker.ts'
import { dialects } from './dialects/all.ts'
import { jobs } from './jobs/all.ts'
import { payerConnectors } from './payers/all.ts'
import { connectors } from './suppliers/all.ts'

// The same as "scrip worker", for those who start Node themselves.
process.exitCode = await runCommandLine(
  [worker],
  { dialects, suppliers: connectors, payers: payerConnectors, jobs },
  ['worker', ...process.argv.slice(2)],
)
