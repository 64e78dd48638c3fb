/** Of a closed loop: answers, how many a second, and latencies in milliseconds. */
export type Figures = {
  readonly count: number
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
}

/** Figures of a closed loop: latencies in milliseconds. */
export function summarise(latencies: number[], seconds: number): Figures {
  const sorted = latencies.toSorted((a, b) => a - b)
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
  return { count: latencies.length, perSecond: latencies.length / seconds, p50: at(0.5), p99: at(0.99) }
}

/** A random element. Throws for an empty list. */
export function pick<T>(list: readonly T[]): T {
  const found = list[Math.floor(Math.random() * list.length)]
  if (found === undefined) throw new Error('There is nothing to pick from.')
  return found
}
