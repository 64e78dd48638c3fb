import { execFileSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { endWith, isClean, openSay } from '../run-report.ts'
import { killAllScrip } from '../scrip-process.ts'
import type { RunAs } from './daemon.ts'
import { faultNames, usualFaults } from './faults.ts'
import type { FaultName } from './faults.ts'
import { findPrograms, hasAll, missingPrograms } from './programs.ts'
import { printReport } from './report.ts'
import { runCluster } from './run-cluster.ts'

const options = {
  seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  clients: { type: 'string', default: '16' },
  faults: { type: 'string', default: usualFaults.join(',') },
  asynchronous: { type: 'boolean', default: false },
  pooler: { type: 'boolean', default: false },
  report: { type: 'string' },
} as const

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    killAllScrip()
    process.exit(1)
  })
const programs = await findPrograms()
if (hasAll(programs)) {
  const { seed, clients, faults, asynchronous, pooler, report: file } = parseArgs({ options }).values
  const report = await runCluster({
    programs,
    runAs: postgresUser(),
    seed: Number(seed),
    clients: Number(clients),
    faults: parseFaults(faults),
    isSynchronous: !asynchronous,
    hasPooler: pooler,
    say: openSay(),
  })
  await endWith(printReport(report), { file, clean: isClean(report) })
} else {
  console.error(missingPrograms(programs))
  process.exitCode = 2
}

function parseFaults(text: string): FaultName[] {
  if (text === 'all') return [...faultNames]
  return text.split(',').map((word) => {
    const name = faultNames.find((one) => one === word)
    if (name === undefined) throw new Error(`--faults is "all" or some of ${faultNames.join(',')}.`)
    return name
  })
}

/** PostgreSQL refuses to be run by root; Debian's package comes with a user for it. */
function postgresUser(): RunAs | undefined {
  if (process.getuid?.() !== 0) return undefined
  const idOf = (option: string): number =>
    Number(execFileSync('id', [option, 'postgres'], { encoding: 'utf8' }))
  return { uid: idOf('-u'), gid: idOf('-g') }
}
