import { parseArgs } from 'node:util'
import { endWith, isClean, openSay } from '../run-report.ts'
import { printReport } from './report.ts'
import { runChaos } from './run-chaos.ts'

const options = {
  minutes: { type: 'string', default: '3' },
  seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  report: { type: 'string' },
} as const
const { minutes, seed, report: file } = parseArgs({ options }).values
const report = await runChaos({ minutes: Number(minutes), seed: Number(seed), say: openSay() })
await endWith(printReport(report), { file, clean: isClean(report) })
