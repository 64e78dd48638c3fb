import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fill, templates } from './templates.ts'

test('a template with all of its values is a configuration', () => {
  expect(fill('listen: <host>:<port> # <host>\n', { host: '10.0.0.1', port: '80' })).toBe(
    'listen: 10.0.0.1:80 # 10.0.0.1\n',
  )
})

test('a value that is missing, or that nothing asks for, is a mistake', () => {
  expect(() => fill('<host>', {})).toThrow('wants a value for "host"')
  expect(() => fill('<host>', { host: 'a', port: '80' })).toThrow('does not want port')
})

test.each(templates)('docs/scaling.md shows %s as the rehearsal runs it', async (name) => {
  const read = (path: string) => readFile(join(import.meta.dirname, path), 'utf8')
  expect(await read('../../docs/scaling.md')).toContain(await read(name))
})
