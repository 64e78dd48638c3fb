import { mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { writeOnce } from './durable-files.ts'

test('a file is written once, whole, for its owner alone, and nothing is left beside it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'scrip-once-'))
  const file = join(folder, 'master.key')
  writeOnce(file, 'first')
  writeOnce(file, 'second')
  expect(await readFile(file, 'utf8')).toBe('first')
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect(await readdir(folder)).toEqual(['master.key'])
  await rm(folder, { recursive: true })
})
