import type { Database } from '../../platform/database.ts'
import type { Log } from '../../platform/log.ts'
import { startWorkLoop } from '../../platform/work-loop.ts'
import type { WorkLoop } from '../../platform/work-loop.ts'
import type { SendResult } from '../../values/outgoing-message.ts'
import type { KeyRing } from '../keys/ring.ts'
import { messageIdOf, retryDelayMs } from './message.ts'
import { claimMessages, endClaim } from './messages.sql.ts'
import type { ClaimEnd, ClaimedMessage } from './messages.sql.ts'
import type { Messenger } from './messenger.ts'
import { openTexts } from './open-texts.ts'

export type DeliverMessages = {
  readonly database: Database
  readonly keyRing: KeyRing
  /** Its channel is the one that is emptied. */
  readonly messenger: Messenger
  readonly log: Log
  /** Told of each try that was noted. */
  readonly onOutcome: (outcome: DeliveryOutcome) => void
  /** Messages in hand at a time; 5 by default. */
  readonly concurrency?: number
  readonly pollMs?: number
  /** How long a claim holds; longer than a try may take. */
  readonly leaseMs?: number
}

/** `retried`: it came to nothing and will be tried again. `superseded`: somebody else had it meanwhile, so nothing was noted. */
type DeliveryOutcome = 'sent' | 'retried' | 'failed' | 'superseded'

/**
 * Sends what waits in one channel as it falls due, until it is stopped. Any number of processes may do so: a message is in one's hands
 * for `leaseMs`, and when that one dies, it comes back by itself. A message may so go out twice, under the same Message-ID, rather
 * than never.
 */
export function deliverMessages(options: DeliverMessages): WorkLoop {
  const { database, messenger, log, concurrency = 5, pollMs = 1_000, leaseMs = leaseMsUsual } = options
  return startWorkLoop<Claim>({
    name: `messages by ${messenger.channel}`,
    log,
    concurrency,
    pollMs,
    async claim(room) {
      const heldUntilMs = performance.now() + leaseMs
      const messages = await claimMessages(database, messenger.channel, room, leaseMs)
      return messages.map((message) => ({ message, heldUntilMs }))
    },
    run: (claim) => deliver(options, claim),
  })
}

type Claim = {
  readonly message: ClaimedMessage
  /** By this process's own clock, from before the claim was made. */
  readonly heldUntilMs: number
}

async function deliver(options: DeliverMessages, { message, heldUntilMs }: Claim): Promise<void> {
  const { database, messenger, log, onOutcome } = options
  const facts = { message: message.id, channel: messenger.channel, tries: message.tries }
  const end = refusalOf(message) ?? (await tryOnce(options, message, heldUntilMs))
  if (end === undefined) {
    log.warn(facts, 'a message came too late to be sent by this process; another one has it')
    return onOutcome('superseded')
  }
  const isNoted = await endClaim(database, message, end)
  if (!isNoted) log.warn(facts, 'a message was taken over by another process while it was sent')
  // Neither the address nor what the other side said of it: both may tell more than a log should.
  else if (end.state === 'failed') log.warn(facts, 'a message could not be sent')
  else log.debug({ ...facts, state: end.state }, 'a message was tried')
  onOutcome(isNoted ? outcomes[end.state] : 'superseded')
}

const outcomes = { sent: 'sent', failed: 'failed', waiting: 'retried' } as const

/** What is not tried at all: too late for anybody to want it, or taken so often that it seems to bring its process down. */
function refusalOf(message: ClaimedMessage): ClaimEnd | undefined {
  if (message.isLate) return { state: 'failed', error: 'It could not be sent in time.' }
  return message.tries > 1 && retryDelayMs(message.tries - 1, 0) === undefined
    ? { state: 'failed', error: 'It was tried too often.' }
    : undefined
}

/** Undefined when the claim is too old to begin now. */
async function tryOnce(
  { keyRing, messenger }: DeliverMessages,
  message: ClaimedMessage,
  heldUntilMs: number,
): Promise<ClaimEnd | undefined> {
  const texts = await openTexts(keyRing, message.id, message.sealed)
  // A process that was frozen since its claim must not send what another one has sent meanwhile.
  if (performance.now() > heldUntilMs) return undefined
  const { id, round, recipient: to, subject } = message
  const result = await messenger.send({ to, subject, ...texts, messageId: messageIdOf(id, round) })
  return endOf(message, result)
}

function endOf({ tries }: ClaimedMessage, { outcome, detail }: SendResult): ClaimEnd {
  const error = detail.slice(0, errorLongest).toWellFormed().replaceAll('\0', '')
  if (outcome === 'sent') return { state: 'sent' }
  const delayMs = outcome === 'unclear' ? retryDelayMs(tries, Math.random()) : undefined
  return delayMs === undefined ? { state: 'failed', error } : { state: 'waiting', error, delayMs }
}

const leaseMsUsual = 120_000
const errorLongest = 500
