import type { Told } from '../chaos/told.ts'

/** What was done to the cluster, from when to when (since 1970), and what an operator wants to know of it. */
export type Episode = {
  readonly what: string
  readonly fromMs: number
  readonly toMs: number
  /** When the database took writes again, where it had ceased to. */
  readonly acceptedAtMs?: number | undefined
}

/** What clients saw of an episode. */
export type Figures = {
  /** The longest time without an answer of 2xx to anybody. */
  readonly outageMs: number
  /** Orders that were answered 2xx for the first time, and how many of them at a repetition. */
  readonly acknowledged: number
  readonly repeated: number
  /** From the beginning until the database took writes again, and from there to the first order that was answered. */
  readonly acceptedAfterMs?: number | undefined
  readonly answeredAfterMs?: number | undefined
}

/** @param told in any order; reading does not count, since it needs less than buying */
export function figuresOf(told: readonly Told[], { fromMs, toMs, acceptedAtMs }: Episode): Figures {
  const done = told
    .filter(({ turn, outcome }) => turn === 'first' && outcome === 'done')
    .toSorted((a, b) => a.atMs - b.atMs)
  const within = done.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs)
  const firstAfter = acceptedAtMs === undefined ? undefined : done.find(({ atMs }) => atMs >= acceptedAtMs)
  return {
    outageMs: longestGapMs([fromMs, ...within.map(({ atMs }) => atMs), toMs]),
    acknowledged: within.length,
    repeated: within.filter(({ tries }) => tries > 1).length,
    ...(acceptedAtMs === undefined
      ? {}
      : {
          acceptedAfterMs: acceptedAtMs - fromMs,
          answeredAfterMs: (firstAfter?.atMs ?? Number.POSITIVE_INFINITY) - acceptedAtMs,
        }),
  }
}

function longestGapMs(times: readonly number[]): number {
  return times.reduce((most, atMs, place) => Math.max(most, atMs - (times[place - 1] ?? atMs)), 0)
}
