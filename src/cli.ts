import { commands } from './commands/all.ts'
import { runCommandLine } from './commands/run-command-line.ts'
import { dialects } from './dialects/all.ts'
import { jobs } from './jobs/all.ts'
import { payerConnectors } from './payers/all.ts'
import { connectors } from './suppliers/all.ts'

/** Runs one command line ("partner create --name Acme") to its end and sets the exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  process.exitCode = await runCommandLine(
    commands,
    { dialects, suppliers: connectors, payers: payerConnectors, jobs },
    argv,
  )
}
