import { parseArgs } from 'node:util'
import { endWith } from '../run-report.ts'
import { runAbuse } from './run-abuse.ts'

const options = {
  requests: { type: 'string', default: '20000' },
  seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  only: { type: 'string', multiple: true },
  report: { type: 'string' },
} as const
const { requests, seed, only, report: file } = parseArgs({ options }).values
const report = await runAbuse({
  requests: Number(requests),
  seed: Number(seed),
  only,
  say: (line) => console.error(line),
})
await endWith(report.print(), { file, clean: report.isClean() })
