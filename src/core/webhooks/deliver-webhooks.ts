import { setTimeout as sleep } from 'node:timers/promises'
import { startWorkLoop } from '../../platform/work-loop.ts'
import { claimDue, deleteHeld, deferHeld } from './claims.sql.ts'
import type { Claim } from './claims.sql.ts'
import { noteTry } from './note-try.ts'
import type { Notify, TryOutcome } from './note-try.ts'
import { namesOf, tryDelivery } from './try-delivery.ts'
import type { HeldClaim, Sender } from './try-delivery.ts'
import { testEventType } from './writer.ts'
import type { WebhookWriter } from './writer.ts'

export type DeliverWebhooksOptions = Sender & {
  /** By the dialect's name. */
  readonly writers: ReadonlyMap<string, WebhookWriter>
  readonly notify: Notify
  /** Told of each try that was noted. */
  readonly onTried?: ((outcome: TryOutcome) => void) | undefined
  /** Requests under way at a time: in all, to one endpoint or to one host of a partner's, and to all of a partner's. */
  readonly concurrency?: number
  readonly perEndpoint?: number
  readonly perPartner?: number
  readonly pollMs?: number
  readonly leaseSeconds?: number
}

/** Webhooks on their way, until it is stopped. */
export type WebhookDelivery = {
  /**
   * Takes no more and waits for what is under way, but not for the slowest receivers: what takes longer than 5 s is left, and
   * comes back when its lease has run out.
   */
  stop(): Promise<void>
}

/**
 * Starts delivering what is due, in this process, beside any others that do the same. What a process had in hand when it died
 * comes back when its lease runs out. An event is sent at least once, always under the same id, and in no promised order.
 */
export function deliverWebhooks(options: DeliverWebhooksOptions): WebhookDelivery {
  const { database, log, concurrency = 100, perEndpoint = 8, pollMs = 1_000, leaseSeconds = 45 } = options
  // One partner's receivers, all of them bad, leave half of the hands to the others.
  const { perPartner = Math.ceil(concurrency / 2) } = options
  const loop = startWorkLoop<HeldClaim>({
    name: 'webhooks',
    log,
    concurrency,
    pollMs,
    async claim(room) {
      const claimedAtMs = performance.now()
      const heldUntilMs = claimedAtMs + leaseSeconds * 1_000
      const claims = await claimDue(database, { room, perEndpoint, perPartner, leaseSeconds })
      return claims.map((claim) => ({ claim, claimedAtMs, heldUntilMs }))
    },
    async run(held) {
      try {
        await deliver(options, held, () => isOver)
      } finally {
        // More may wait for this endpoint, which had no room for it until now.
        loop.wake()
      }
    },
  })
  let isOver = false
  const subscription = database.listen('webhooks_due', loop.wake, loop.wake)
  return {
    async stop() {
      await subscription.close()
      await Promise.race([loop.stop(), sleep(stopMsMost, undefined, { ref: false })])
      isOver = true
    },
  }
}

async function deliver(
  options: DeliverWebhooksOptions,
  held: HeldClaim,
  isOver: () => boolean,
): Promise<void> {
  const { database, writers, notify, onTried } = options
  const { claim } = held
  const writer = writers.get(claim.dialect)
  if (writer === undefined || !tells(writer, claim.type)) return putAside(options, claim)
  const tried = await tryDelivery(options, writer, held)
  // Cut off by our own end, it says nothing about the receiver.
  if (tried === undefined || isOver()) return
  const { scheduleSeconds } = writer
  const outcome = await database.inTransaction((tx) =>
    noteTry(tx, notify, claim, { ...tried, scheduleSeconds }),
  )
  onTried?.(outcome)
  tell(options, claim, outcome, tried.attempt.status)
}

/** One line a try, without the address, which may hold a secret of the partner's. */
function tell(
  { log }: DeliverWebhooksOptions,
  claim: Claim,
  outcome: TryOutcome,
  status: number | undefined,
): void {
  const about = { ...namesOf(claim), number: claim.number, status, outcome }
  if (outcome === 'delivered' || outcome === 'retried') log.debug(about, 'a webhook was tried')
  else if (outcome === 'disabled') log.warn(about, 'a webhook endpoint was disabled')
  else log.info(about, 'a webhook was tried')
}

function tells(writer: WebhookWriter, type: string): boolean {
  return type === testEventType || writer.eventTypes.includes(type)
}

/**
 * What this process cannot tell, perhaps another can: while a new version takes over, an old one still runs. So it waits a little, and goes
 * when nobody has told it for an hour.
 */
async function putAside({ database, log }: DeliverWebhooksOptions, claim: Claim): Promise<void> {
  if (claim.claimedAt.getTime() - claim.happenedAt.getTime() < patienceMs) {
    await deferHeld(database, claim, asideSeconds)
    return
  }
  log.warn(namesOf(claim), 'an event that no dialect here tells was dropped from its way to an endpoint')
  await deleteHeld(database, claim)
}

const stopMsMost = 5_000
const patienceMs = 3_600_000
const asideSeconds = 300
