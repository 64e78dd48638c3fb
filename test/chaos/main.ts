import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { isClean, printReport } from './report.ts'
import { runChaos } from './run-chaos.ts'

const options = {
  minutes: { type: 'string', default: '3' },
  seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  report: { type: 'string' },
} as const
const { minutes, seed, report: file } = parseArgs({ options }).values
const beganAtMs = performance.now()
const report = await runChaos({
  minutes: Number(minutes),
  seed: Number(seed),
  say: (line) =>
    console.log(`${((performance.now() - beganAtMs) / 1_000).toFixed(1).padStart(6)} s  ${line}`),
})
const text = printReport(report)
console.log(text)
if (file !== undefined) await writeFile(file, text)
process.exitCode = isClean(report) ? 0 : 1
