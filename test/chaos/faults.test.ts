import { expect, test } from 'vitest'
import { drawFaults, faultKinds } from './faults.ts'

test('the same seed draws the same faults, another one others', () => {
  expect(drawFaults(7, 95_000)).toEqual(drawFaults(7, 95_000))
  expect(drawFaults(7, 95_000)).not.toEqual(drawFaults(8, 95_000))
})

test('a run of three minutes meets every fault, and a frozen worker wakes within it', () => {
  for (let seed = 0; seed < 50; seed += 1) {
    const faults = drawFaults(seed, 95_000)
    expect(new Set(faults.map(({ kind }) => kind))).toEqual(new Set(faultKinds))
    expect(Math.max(...faults.map(({ atMs, forMs }) => atMs + forMs))).toBeLessThan(105_000)
  }
})
