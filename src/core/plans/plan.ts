import type { PartnerId } from '../../values/ids.ts'

/** What an account may call, and how often. */
export type Plan = {
  /** "merchant" */
  readonly code: string
  readonly name: string
  /** Undefined: no limit. */
  readonly requestsPerMinute: number | undefined
  /** In a calendar month, UTC; undefined: no limit. */
  readonly requestsPerMonth: number | undefined
  /** Areas of the API, as routes name them ("gift-cards"); undefined: all. */
  readonly areas: readonly string[] | undefined
}

/** Whether calls of an area are in a plan. What has no area may be called by every account, and an account without a plan may call everything. */
export function covers(plan: Plan | undefined, area: string | undefined): boolean {
  return area === undefined || plan?.areas === undefined || plan.areas.includes(area)
}

/** Whether there is anything to count. */
export function isLimited({ requestsPerMinute, requestsPerMonth }: Plan): boolean {
  return requestsPerMinute !== undefined || requestsPerMonth !== undefined
}

/** What came of asking for one request: the limit that is nearer to its end, and the minute's where both are as near. */
export type PlanAllowance = {
  readonly allowed: boolean
  readonly limit: number
  /** Left of that limit after this request, by all processes together when the database was asked. */
  readonly remaining: number
  /** When that limit begins anew, by the database's clock. */
  readonly resetAt: Date
}

/** Counts the requests of partners against their plans, over all processes together. */
export type PlanMeter = {
  /**
   * Takes one request of the running minute and month, or of neither. Throws Failure unavailable when the database cannot be asked.
   *
   * @param plan one that has a limit
   * @param now the time to go by instead of the database's clock, for tests
   */
  take(partnerId: PartnerId, plan: Plan, now?: Date): Promise<PlanAllowance>
  /** The same out of what this process holds already, without waiting; undefined where it holds nothing, and `take` has to ask. */
  takeHeld(partnerId: PartnerId, plan: Plan): PlanAllowance | undefined
  /** Hands back what this process holds. */
  close(): Promise<void>
}

/** The largest limit that can be set. */
export const planLimitMost = 1_000_000_000
