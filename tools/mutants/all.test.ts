import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { mutants } from './all.ts'

const root = resolve(import.meta.dirname, '../..')

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8')
}

it.each(mutants)('the mutant $name can still be planted, and its test is there', (mutant) => {
  expect(read(mutant.file).split(mutant.search)).toHaveLength(2)
  expect(mutant.replace).not.toBe(mutant.search)
  expect(read(mutant.test.file)).toContain(mutant.test.title)
})

it('no two mutants have one name', () => {
  const names = mutants.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
})
