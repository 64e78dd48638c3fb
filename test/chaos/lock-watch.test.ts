import { expect, test } from 'vitest'
import { noteHolders } from './lock-watch.ts'
import type { LockSeen } from './lock-watch.ts'

const holder = { pid: 7, begun: '2026-01-01 00:00:00', state: 'idle in transaction', query: 'update wallets' }

test('one transaction that holds wallets for over 5 s is remembered, and another of the same process is not it', () => {
  const firstSeen = new Map<string, number>()
  const found = new Map<string, LockSeen>()
  for (const atMs of [0, 2_500, 5_000]) noteHolders([holder], atMs, firstSeen, found)
  noteHolders([{ ...holder, begun: '2026-01-01 00:00:05' }], 5_500, firstSeen, found)
  noteHolders([{ ...holder, begun: '2026-01-01 00:00:05' }], 10_000, firstSeen, found)
  expect([...found.values()]).toEqual([])
  noteHolders([{ ...holder, begun: '2026-01-01 00:00:05' }], 10_600, firstSeen, found)
  expect([...found.values()]).toMatchObject([{ pid: 7, heldMs: 5_100 }])
})
