import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const read = (name: string) => readFile(join(root, name), 'utf8')

/** No container engine is at hand where this is developed, so at least what the image is made of must be there. */
test('the image is made of files that exist, and nothing else of this folder is given to the engine', async () => {
  const copied = [...(await read('Dockerfile')).matchAll(/^COPY (.+) \S+$/gm)].flatMap(([, names = '']) =>
    names.split(' '),
  )
  const given = [...(await read('.dockerignore')).matchAll(/^!(\S+)$/gm)].map(([, name]) => name)
  expect(copied.length).toBeGreaterThan(5)
  expect(copied.filter((name) => !existsSync(join(root, name)))).toEqual([])
  expect(new Set(given)).toEqual(new Set(copied))
})
