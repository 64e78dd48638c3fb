import type { EventId, PartnerId } from '../../values/ids.ts'
import type { Order } from '../orders/order.ts'

/** An event and all that may be said about it. */
export type EventFacts = {
  readonly id: EventId
  /** "order.completed", or `testEventType`. */
  readonly type: string
  readonly happenedAt: Date
  readonly partnerId: PartnerId
  readonly details: Readonly<Record<string, unknown>>
  /** The order that it is about, its codes in clear; undefined where it is about none. */
  readonly order: Order | undefined
  /** What it is about where that is no order, as the gatherer of its type found it; undefined where it has none. */
  readonly subject?: unknown
}

/** What an event is about, and the texts in it that are kept out of the log of answers. */
type Gathered = { readonly subject: unknown; readonly secrets: readonly string[] }

/** Finds what an event of one type is about, when it is sent. */
export type GatherSubject = (event: {
  readonly partnerId: PartnerId
  readonly details: Readonly<Record<string, unknown>>
}) => Promise<Gathered>

/** What an event may be signed with. Never logged. */
type SigningSecrets = {
  /** That of the partner's newest valid credential in the dialect; undefined where none has one. */
  readonly credentialSecret: string | undefined
  /** The endpoint's own, "whsec_…". */
  readonly endpointSecret: string
}

/** An event in a dialect's words. */
type WrittenEvent = {
  /** JSON. The same facts give the same body, so that a receiver gets it again byte by byte. */
  readonly body: string
  /** The vendor's own headers, made for each try: its timestamp and its signature. The Standard Webhooks headers are added by the core. */
  headers(secrets: SigningSecrets, nowMs: number): Readonly<Record<string, string>>
}

/**
 * How a vendor tells events. The core decides when and to whom; a writer says how long the vendor waits between tries and puts the
 * event into the vendor's words. It is pure: no clock, no I/O.
 */
export type WebhookWriter = {
  /** The types that this dialect tells, in the core's words. Others are not sent to its endpoints. */
  readonly eventTypes: readonly string[]
  /**
   * What the vendor calls its events, and the types that each of them tells: an endpoint may be given either. Absent: the core's words
   * are the only ones.
   */
  readonly vendorNames?: ReadonlyMap<string, readonly string[]>
  /** The wait before each try, in seconds; the first is 0, and there are as many tries as entries. */
  readonly scheduleSeconds: readonly number[]
  /** How long a receiver may take to answer, whole. */
  readonly timeoutMs: number
  /** Writes an event of one of its types, or a test event, which has no order. */
  write(facts: EventFacts): WrittenEvent
}

/** The type of an event that says nothing but that events arrive. */
export const testEventType = 'test'
