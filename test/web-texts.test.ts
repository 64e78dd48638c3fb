import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { russian } from '../web/shared/russian.ts'

const web = join(import.meta.dirname, '../web')

test('every text of the web app has its Russian one', async () => {
  const files = (await readdir(web, { recursive: true })).filter(
    (name) => /\.tsx?$/.test(name) && !name.startsWith('dist'),
  )
  const sources = await Promise.all(files.map((name) => readFile(join(web, name), 'utf8')))
  const texts = new Set(
    sources.flatMap((source) =>
      [...source.matchAll(/\bt\(\s*'((?:[^'\\]|\\.)+)'/g)].map((found) => found[1] ?? ''),
    ),
  )
  expect(texts.size).toBeGreaterThan(200)
  expect([...texts].filter((text) => !Object.hasOwn(russian, text))).toEqual([])
})
