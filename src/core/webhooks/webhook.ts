import type { EndpointId, EventId, OrderId, PartnerId } from '../../values/ids.ts'

/** Paused: events gather and go out when it is active again. Disabled: nothing is sent, and what happens meanwhile does not gather. */
export type EndpointState = 'active' | 'paused' | 'disabled'

/** Where a partner wants to be told, in which dialect, of what. */
export type Endpoint = {
  readonly partnerId: PartnerId
  readonly id: EndpointId
  readonly dialect: string
  readonly url: string
  /** Event types; none listed: all that the dialect tells. */
  readonly events: readonly string[]
  /** It came with a request, and is told of what becomes of that alone. */
  readonly isCallback: boolean
  readonly description: string
  readonly state: EndpointState
  readonly disabledReason: string | undefined
  readonly disabledAt: Date | undefined
  /** Until when the secret before the present one signs too. */
  readonly previousSecretUntil: Date | undefined
  /** Failures since the last success, over all deliveries. */
  readonly failuresInARow: number
  readonly failingSince: Date | undefined
  /** After several failures nothing is tried until then. */
  readonly restsUntil: Date | undefined
  readonly createdAt: Date
}

/** What this installation allows of an address that is told of events. */
export type AddressRules = {
  /** Whether an address must be https: everywhere but in the sandbox. */
  readonly requireHttps: boolean
  /** Whether addresses of this machine may be called. */
  readonly allowLoopback: boolean
}

/** An endpoint with its secret ("whsec_…"), which is seen this once. */
export type IssuedEndpoint = { readonly endpoint: Endpoint; readonly secret: string }

export const deliveryStates = ['waiting', 'delivered', 'failed'] as const

export type DeliveryState = (typeof deliveryStates)[number]

/** An event on its way to an endpoint. */
export type Delivery = {
  readonly eventId: EventId
  readonly endpointId: EndpointId
  readonly type: string
  readonly orderId: OrderId | undefined
  readonly state: DeliveryState
  /** Tries of this round; a replay starts another. */
  readonly tries: number
  readonly triesEver: number
  /** When the next try is due; undefined: none is. */
  readonly dueAt: Date | undefined
  readonly createdAt: Date
  readonly endedAt: Date | undefined
}

/** One try of a delivery. */
export type Attempt = {
  readonly number: number
  readonly attemptedAt: Date
  readonly durationMs: number
  /** Undefined: there was no answer, and `error` says why. */
  readonly status: number | undefined
  readonly error: string | undefined
  /** The beginning of what was answered. */
  readonly response: string | undefined
}

/** What a receiver made of a try: 2xx, 410, or anything else. */
export type Verdict = 'delivered' | 'gone' | 'failed'

export function judge(status: number | undefined): Verdict {
  if (status !== undefined && status >= 200 && status <= 299) return 'delivered'
  return status === 410 ? 'gone' : 'failed'
}

/**
 * Seconds from now to the next try after `tries` failed ones of a schedule; undefined: there is none. A receiver that asks for more time
 * gets it, up to an hour.
 *
 * @param random from 0 to 1: up to a tenth is added to the wait, so that what failed together does not come back together
 */
export function nextTryInSeconds(
  scheduleSeconds: readonly number[],
  tries: number,
  retryAfterSeconds: number | undefined,
  random: number,
): number | undefined {
  const wait = scheduleSeconds[tries]
  if (wait === undefined) return undefined
  return Math.max(wait * (1 + random / 10), Math.min(retryAfterSeconds ?? 0, retryAfterSecondsMost))
}

/** How an endpoint does, by the database's clock. */
export type Health = {
  readonly failuresInARow: number
  /** Seconds since the first of these failures; 0 if there are none. */
  readonly failingSeconds: number
  /** Whether it rests now: tries that were under way when its rest began tell nothing new. */
  readonly isResting: boolean
}

/** What one more failure makes of an endpoint. */
export type AfterFailure = {
  readonly failuresInARow: number
  /** Nothing is tried for so long; undefined: as before. */
  readonly restSeconds: number | undefined
  readonly isGivenUp: boolean
}

/**
 * The breaker. After five failures in a row the endpoint rests, and longer after each further one; what waits for it waits along and
 * loses no try by that. It is given up when it has failed for five days without one success, unless it was tried so rarely that this
 * says little.
 */
export function afterFailure({ failuresInARow, failingSeconds, isResting }: Health): AfterFailure {
  if (isResting) return { failuresInARow, restSeconds: undefined, isGivenUp: false }
  const failures = failuresInARow + 1
  const restSeconds =
    failures < failuresBeforeRest
      ? undefined
      : Math.min(restSecondsFirst * 2 ** (failures - failuresBeforeRest), restSecondsMost)
  const isGivenUp = failures >= failuresBeforeGivingUp && failingSeconds >= secondsBeforeGivingUp
  return { failuresInARow: failures, restSeconds, isGivenUp }
}

/** A partner has no more endpoints than that. */
export const endpointsMost = 20

const retryAfterSecondsMost = 3_600
const failuresBeforeRest = 5
const restSecondsFirst = 5
const restSecondsMost = 300
const failuresBeforeGivingUp = 10
const secondsBeforeGivingUp = 5 * 86_400

/** An endpoint that does not take what is sent to it. */
export type TroubledEndpoint = {
  readonly partnerId: PartnerId
  readonly id: EndpointId
  readonly url: string
  readonly dialect: string
  readonly state: EndpointState
  readonly disabledReason: string | null
  readonly failuresInARow: number
  readonly failingSince: Date | null
  readonly restsUntil: Date | null
}
