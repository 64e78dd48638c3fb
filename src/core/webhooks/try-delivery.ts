import { isDatabaseDown } from '../../platform/database.ts'
import type { Database } from '../../platform/database.ts'
import { HttpTrouble, retryAfterMs } from '../../platform/http.ts'
import type { HttpClient, HttpReply } from '../../platform/http.ts'
import type { Log } from '../../platform/log.ts'
import { signWebhook } from '../../platform/webhook-signatures.ts'
import { parseId } from '../../values/ids.ts'
import type { CredentialId } from '../../values/ids.ts'
import type { KeyRing } from '../keys/ring.ts'
import { findOrder } from '../orders/find-order.ts'
import { findSigningSecret } from '../partners/find-signing-secret.ts'
import type { Claim, NewAttempt } from './claims.sql.ts'
import { selectSecrets } from './endpoints.sql.ts'
import { keepAnswer } from './keep-answer.ts'
import type { EventFacts, GatherSubject, WebhookWriter } from './writer.ts'

export type Sender = {
  readonly database: Database
  readonly keyRing: KeyRing
  readonly http: HttpClient
  readonly log: Log
  /** By the type of event; events of others are about orders, or about nothing. */
  readonly gatherers?: ReadonlyMap<string, GatherSubject> | undefined
}

/** A claim in this process's hands, until an instant of its own monotonic clock. */
export type HeldClaim = {
  readonly claim: Claim
  readonly claimedAtMs: number
  readonly heldUntilMs: number
}

export type TriedDelivery = {
  readonly attempt: NewAttempt
  readonly retryAfterSeconds: number | undefined
}

/**
 * Writes a claimed event, signs it and sends it once. Undefined: the lease ran out before anything was sent, and the delivery is
 * somebody else's. Throws when the database is away; whatever else goes wrong is a failed try.
 */
export async function tryDelivery(
  sender: Sender,
  writer: WebhookWriter,
  held: HeldClaim,
): Promise<TriedDelivery | undefined> {
  const startedMs = performance.now()
  const durationMs = (): number => performance.now() - startedMs
  try {
    const { facts, secrets } = await gatherFacts(sender, held.claim)
    const reply = await send(sender, writer, held, facts)
    const response = keepAnswer(reply.body, facts.order, secrets)
    const attempt = { status: reply.status, error: undefined, response }
    const askedMs = retryAfterMs(reply.headers, Date.now())
    return {
      attempt: { ...attempt, durationMs: durationMs() },
      retryAfterSeconds: askedMs === undefined ? undefined : askedMs / 1_000,
    }
  } catch (error) {
    if (error instanceof HttpTrouble && error.kind === 'withdrawn') return undefined
    if (!(error instanceof HttpTrouble)) {
      if (isDatabaseDown(error)) throw error
      sender.log.error({ ...namesOf(held.claim), err: error }, 'a webhook could not be written')
    }
    const sentence = error instanceof HttpTrouble ? error.message : 'The event could not be written.'
    const attempt = { status: undefined, error: sentence, response: undefined, durationMs: durationMs() }
    return { attempt, retryAfterSeconds: undefined }
  }
}

/** What may be said of a claim in the log. */
export function namesOf({ partnerId, endpointId, eventId, type }: Claim): Record<string, string> {
  return { partnerId, endpointId, eventId, type }
}

async function gatherFacts(
  { database, keyRing, gatherers }: Sender,
  claim: Claim,
): Promise<{ readonly facts: EventFacts; readonly secrets: readonly string[] }> {
  const { partnerId, eventId: id, type, happenedAt, details, orderId } = claim
  const order = orderId === null ? undefined : await findOrder(database, keyRing, partnerId, orderId)
  const gathered = await gatherers?.get(type)?.({ partnerId, details })
  const facts = { id, type, happenedAt, partnerId, details, order, subject: gathered?.subject }
  return { facts, secrets: gathered?.secrets ?? [] }
}

async function send(
  { database, keyRing, http }: Sender,
  writer: WebhookWriter,
  { claim, claimedAtMs, heldUntilMs }: HeldClaim,
  facts: EventFacts,
): Promise<HttpReply> {
  const { partnerId, endpointId, eventId: id, dialect, url } = claim
  const sealed = await selectSecrets(database, partnerId, endpointId)
  const secrets = await Promise.all(sealed.map((one) => keyRing.open(one, endpointId)))
  const { signedWith } = claim.details
  const wished = typeof signedWith === 'string' ? parseId<CredentialId>(signedWith) : undefined
  const credentialSecret = await findSigningSecret(database, keyRing, partnerId, dialect, wished)
  const { body, headers } = writer.write(facts)
  // The database's clock: receivers refuse what seems older than a few minutes, and this machine's own may be wrong.
  const atMs = claim.claimedAt.getTime() + (performance.now() - claimedAtMs)
  return http.send({
    method: 'POST',
    url,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'Scrip-Webhooks',
      ...headers({ credentialSecret, endpointSecret: secrets[0] ?? '' }, atMs),
      ...signWebhook(secrets, { id, atMs, body }),
    },
    body,
    timeoutMs: Math.min(writer.timeoutMs, timeoutMsMost),
    bytesMost: answerBytesMost,
    longAnswer: 'cut',
    mayStillSend: () => performance.now() < heldUntilMs,
  })
}

/** Well below the lease. */
const timeoutMsMost = 30_000
/** Only the beginning of an answer is kept; nobody has to send us more. */
const answerBytesMost = 4_096
