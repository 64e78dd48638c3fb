import type { Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { newWebhookSecret } from '../../platform/webhook-signatures.ts'
import type { EndpointId, EventId, PartnerId } from '../../values/ids.ts'
import type { KeyRing } from '../keys/ring.ts'
import { insertDelivery, notifyDue } from './deliveries.sql.ts'
import { claimCallback, insertCallback } from './endpoints.sql.ts'

/**
 * Puts an event that was recorded in this transaction on its way to an address that came with a request, beside the partner's registered
 * endpoints: by the same schedule, breaker and log, in the words of the dialect. The address was checked by `callbackProblem` when it came.
 *
 * An address is one endpoint however often it comes, so that a receiver which is down is left alone for all that waits for it; when it
 * was given up before, it is tried anew. Its own secret signs the Standard Webhooks headers; `rotateSecret` gives it out.
 */
export async function sendToCallback(
  tx: Tx,
  keyRing: KeyRing,
  callback: {
    readonly partnerId: PartnerId
    readonly dialect: string
    readonly url: string
    readonly eventId: EventId
  },
): Promise<void> {
  const { partnerId, eventId } = callback
  const endpointId = (await claimCallback(tx, callback)) ?? (await makeCallback(tx, keyRing, callback))
  await insertDelivery(tx, { partnerId, endpointId }, eventId)
  await notifyDue(tx)
}

async function makeCallback(
  tx: Tx,
  keyRing: KeyRing,
  callback: { readonly partnerId: PartnerId; readonly dialect: string; readonly url: string },
): Promise<EndpointId> {
  const { partnerId } = callback
  const id = newId<EndpointId>()
  const secret = await keyRing.sealForPartner(partnerId, newWebhookSecret(), id, tx)
  if (await insertCallback(tx, { ...callback, id, secret })) return id
  // Another transaction has made it meanwhile, and has committed: the insertion waited for that.
  const made = await claimCallback(tx, callback)
  if (made === undefined) throw new Error('A callback address was there and is not.')
  return made
}
