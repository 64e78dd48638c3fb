import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freePort, killAllScrip, runScrip, startScrip } from '../scrip-process.ts'
import type { ScripProcess } from '../scrip-process.ts'

const folder = join(import.meta.dirname, '../../examples')
const run = promisify(execFile)
let dataDir: string
let scrip: ScripProcess

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'scrip-examples-'))
  const port = String(await freePort())
  scrip = startScrip(['up'], { SCRIP_DATA_DIR: dataDir, PORT: port, SCRIP_SANDBOX_DELAY_MS: '1500' })
  await scrip.announced
}, 120_000)

afterAll(async () => {
  scrip.kill('SIGTERM')
  await scrip.ended
  killAllScrip()
  await rm(dataDir, { recursive: true, force: true })
}, 60_000)

// As it does each hour: a sandbox that is older than that sells all the same.
it.each(['sandbox', 'esim-sandbox'])(
  'nothing is sold out once the list of %s was read',
  async (supplier) => {
    const read = await runScrip(['supplier', 'sync', supplier, '--json'], { SCRIP_DATA_DIR: dataDir })
    expect([read.code, read.err]).toEqual([0, ''])
    expect(JSON.parse(read.out)).toMatchObject({ sync: { counts: { vanished: 0, stock_out: 0 } } })
  },
  60_000,
)

it('the seven steps of the reseller API’s validation succeed against a running sandbox', async () => {
  const { stdout } = await run(process.execPath, [
    join(folder, 'vendify-validation.js'),
    join(dataDir, 'demo.json'),
  ])
  expect(stdout.trim().split('\n')).toEqual(
    Array.from({ length: 7 }, (_, place) => expect.stringMatching(new RegExp(`^${place + 1}\\. .+: .+`))),
  )
  expect(stdout).not.toContain('FAILED,')
}, 120_000)

it('a step that fails ends it with 1', async () => {
  // Nobody reads that the server is gone out of the first lines.
  const gone = join(dataDir, 'demo.json.gone')
  await expect(run(process.execPath, [join(folder, 'vendify-validation.js'), gone])).rejects.toMatchObject({
    code: 1,
  })
})

it('every example is run by a test', async () => {
  expect((await readdir(folder)).toSorted()).toEqual(['README.md', 'vendify-validation.js'])
})
