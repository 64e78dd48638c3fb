import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { sweepScratchFiles, withScratchFile } from './files.ts'

test('what a killed process has left is removed, and what another may use, or is not ours, stays', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sweep-'))
  const left = join(folder, 'scrip-scratch-left')
  for (const path of [left, join(folder, 'scrip-scratch-used'), join(folder, 'scrip-other')])
    await mkdir(path)
  await writeFile(join(left, 'codes.csv'), 'code\nA\n')
  const old = new Date(Date.now() - 2 * 3_600_000)
  await utimes(left, old, old)
  await utimes(join(folder, 'scrip-other'), old, old)
  await sweepScratchFiles(folder)
  expect((await readdir(folder)).toSorted()).toEqual(['scrip-other', 'scrip-scratch-used'])
  await rm(folder, { recursive: true })
})

test('a scratch file is gone afterwards, whatever came of it', async () => {
  const paths: string[] = []
  const failing = withScratchFile('../codes.csv', 'code\nA\n', async (path) => {
    paths.push(path)
    throw new Error('x')
  })
  await expect(failing).rejects.toThrow('x')
  const [path = ''] = paths
  expect(path).toMatch(/scrip-scratch-[^/]+\/_*\.?_?codes\.csv$/)
  await expect(readdir(dirname(path))).rejects.toMatchObject({ code: 'ENOENT' })
})
