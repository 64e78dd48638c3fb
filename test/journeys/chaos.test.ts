import { expect, it } from 'vitest'
import { printReport } from '../chaos/report.ts'
import { runChaos } from '../chaos/run-chaos.ts'
import { isClean } from '../run-report.ts'

const minutes = Number(process.env['SCRIP_CHAOS_MINUTES'] ?? '3')
const seed = Number(process.env['SCRIP_CHAOS_SEED'] ?? '20261')

it(
  `${minutes} minutes of faults in every dialect break no promise`,
  async () => {
    const said: string[] = []
    const report = await runChaos({ minutes, seed, say: (line) => said.push(line) })
    expect(isClean(report), [...said, printReport(report)].join('\n')).toBe(true)
    // A run in which nothing was sold has proved nothing.
    expect(report.told.filter(({ outcome }) => outcome === 'done').length).toBeGreaterThan(100)
    expect(report.faults.length).toBeGreaterThan(5)
  },
  (minutes + 10) * 60_000,
)
