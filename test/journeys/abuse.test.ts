import { expect, test } from 'vitest'
import { dialects } from '../../src/dialects/all.ts'
import { runAbuse } from '../abuse/run-abuse.ts'
import { speakers } from '../abuse/speakers.ts'

const requests = Number(process.env['SCRIP_ABUSE_REQUESTS'] ?? '20000')

test('every dialect is spoken by those who abuse it', () => {
  const spoken = new Set(speakers.map(({ dialect }) => dialect))
  expect([...spoken].toSorted()).toEqual(dialects.map(({ name }) => name).toSorted())
})

test('no request makes a 5xx, leaves its dialect’s envelope, moves money that it was refused, or stops the server', async () => {
  const report = await runAbuse({ requests, seed: 20_261 })
  expect(report.isClean(), report.print()).toBe(true)
}, 1_200_000)
