import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
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
const text = report.print()
console.log(text)
if (file !== undefined) await writeFile(file, `${text}\n`)
process.exitCode = report.isClean() ? 0 : 1
