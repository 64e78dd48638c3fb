import { parseArgs } from 'node:util'
import { runAbuse } from './run-abuse.ts'

const options = {
  requests: { type: 'string', default: '20000' },
  seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  only: { type: 'string', multiple: true },
} as const
const { requests, seed, only } = parseArgs({ options }).values
const report = await runAbuse({ requests: Number(requests), seed: Number(seed), only })
console.log(report.print())
process.exitCode = report.isClean() ? 0 : 1
