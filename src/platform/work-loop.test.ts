import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { openLog } from './log.ts'
import { startWorkLoop } from './work-loop.ts'
import { eventually } from '../../test/eventually.ts'
import type { WorkLoop, WorkLoopOptions } from './work-loop.ts'

/** Work that lies about: claimed from the front, done when the test says so or at once. */
function work(count: number) {
  const waiting = Array.from({ length: count }, (_, place) => place)
  const done: number[] = []
  const held: (() => void)[] = []
  return { waiting, done, held, claims: 0, inHandMost: 0, claiming: 0, claimingMost: 0 }
}

const loops: WorkLoop[] = []
afterEach(async () => {
  await Promise.all(loops.splice(0).map((loop) => loop.stop()))
})

function start(options: Partial<WorkLoopOptions<number>> & Pick<WorkLoopOptions<number>, 'claim' | 'run'>) {
  const usual = { name: 'test', log: openLog('silent'), concurrency: 3, pollMs: 60_000 }
  const loop = startWorkLoop({ ...usual, ...options })
  loops.push(loop)
  return loop
}

test('all that waits is done, so many at a time and never more, though nobody wakes the loop', async () => {
  const state = work(50)
  let inHand = 0
  start({
    claim: async (room) => {
      state.claiming += 1
      state.claimingMost = Math.max(state.claimingMost, state.claiming)
      await sleep(1)
      state.claiming -= 1
      return state.waiting.splice(0, room)
    },
    run: async (item) => {
      inHand += 1
      state.inHandMost = Math.max(state.inHandMost, inHand)
      await sleep(1)
      inHand -= 1
      state.done.push(item)
    },
  })
  await eventually(() => state.done.length).toBe(50)
  expect(new Set(state.done).size).toBe(50)
  expect([state.inHandMost, state.claimingMost]).toEqual([3, 1])
})

test('one item that takes long does not keep the others waiting', async () => {
  const state = work(20)
  const loop = start({
    claim: async (room) => state.waiting.splice(0, room),
    run: async (item) => {
      if (item === 0) await new Promise<void>((resolve) => state.held.push(resolve))
      state.done.push(item)
    },
  })
  await eventually(() => state.done.length).toBe(19)
  expect(loop.inHand()).toBe(1)
  state.held[0]?.()
  await eventually(() => loop.inHand()).toBe(0)
})

test('it looks again when woken, also when it is just looking, and by itself', async () => {
  const state = work(0)
  let resume = (): void => undefined
  const loop = start({
    claim: async (room) => {
      state.claims += 1
      const found = state.waiting.splice(0, room)
      if (state.claims === 2) await new Promise<void>((resolve) => (resume = resolve))
      return found
    },
    run: async (item) => void state.done.push(item),
  })
  await eventually(() => state.claims).toBe(1)
  loop.wake()
  await eventually(() => state.claims).toBe(2)
  // It has looked and seen nothing; this came after.
  state.waiting.push(7)
  loop.wake()
  loop.wake()
  resume()
  await eventually(() => state.done).toEqual([7])
  expect(state.claims).toBe(3)
  const polling = start({
    pollMs: 20,
    claim: async (room) => state.waiting.splice(0, room),
    run: async (item) => void state.done.push(item),
  })
  state.waiting.push(8)
  await eventually(() => state.done).toEqual([7, 8])
  await polling.stop()
})

test('a full loop that was woken looks when a place becomes free', async () => {
  const state = work(1)
  const loop = start({
    concurrency: 1,
    claim: async (room) => state.waiting.splice(0, room),
    run: async (item) => {
      if (item === 0) await new Promise<void>((resolve) => state.held.push(resolve))
      state.done.push(item)
    },
  })
  await eventually(() => state.held.length).toBe(1)
  state.waiting.push(1)
  loop.wake()
  state.held[0]?.()
  await eventually(() => state.done).toEqual([0, 1])
})

test('neither a claim that fails nor an item that fails ends it', async () => {
  const state = work(4)
  start({
    pollMs: 10,
    claim: async (room) => {
      state.claims += 1
      if (state.claims % 2 === 1) throw new Error('the database is away')
      return state.waiting.splice(0, room)
    },
    run: async (item) => {
      state.done.push(item)
      throw new Error('this one cannot be done')
    },
  })
  await eventually(() => state.done.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3])
})

test('a stop takes nothing more, and waits for what is in hand, and for a claim that is on its way', async () => {
  const state = work(10)
  let resume = (): void => undefined
  const loop = start({
    concurrency: 2,
    claim: async (room) => {
      state.claims += 1
      await new Promise<void>((resolve) => (resume = resolve))
      return state.waiting.splice(0, room)
    },
    run: async (item) => {
      await sleep(20)
      state.done.push(item)
    },
  })
  await eventually(() => state.claims).toBe(1)
  const stopping = loop.stop()
  resume()
  await stopping
  expect(state.done).toEqual([0, 1])
  loop.wake()
  await loop.stop()
  await sleep(30)
  expect([state.claims, state.waiting.length]).toEqual([1, 8])
})
