import { expect, test } from 'vitest'
import { scrip, scripJson } from '../../test/command-line.ts'
import { connectors } from '../suppliers/all.ts'

test('the connectors are listed with their settings, secret ones marked, and without a database', async () => {
  const { code, json } = await scripJson('supplier', 'connectors')
  expect(code).toBe(0)
  expect(json).toMatchObject({ connectors: connectors.map(({ name, title }) => ({ name, title })) })
  expect(JSON.stringify(json)).toContain('"name":"partnerSecret"')
  const { out } = await scrip('supplier', 'connectors')
  expect(out).toMatch(/^scrip +partnerSecret +yes +/m)
  expect(out).toMatch(/^scrip +baseUrl +no +/m)
})
