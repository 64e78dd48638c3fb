import type { Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import type { Renderer } from '../../platform/templates.ts'
import type { DisbursementId, EventId, PartnerId } from '../../values/ids.ts'
import { printAmount } from '../../values/money.ts'
import type { Disbursement } from '../disbursements/disbursement.ts'
import { findDisbursements } from '../disbursements/find-disbursement.ts'
import { recordEvent } from '../events/record-event.ts'
import type { KeyRing } from '../keys/ring.ts'
import { sendMessage } from '../messages/send-message.ts'
import type { Taken } from '../vouchers/voucher.ts'
import { sendToCallback } from '../webhooks/send-to-callback.ts'
import type { Redemption } from './redemption.ts'

/** Told to the issuers of the vouchers that were taken. Its details say which redemption it was. */
export const redemptionCompleted = 'redemption.completed'

/**
 * Tells of a redemption in its own transaction: an event for each issuer, to its endpoints and to the addresses of the disbursements that are
 * touched, and a short message to the holder unless all vouchers are silent.
 */
export async function tellRedemption(
  tx: Tx,
  { keyRing, renderer }: { readonly keyRing: KeyRing; readonly renderer: Renderer },
  redemption: Redemption,
  taken: readonly Taken[],
): Promise<void> {
  // Everywhere in one order: an address that was given up is written to, and two redemptions of the same issuers must not wait for each other.
  for (const partnerId of inOrder(taken.map((part) => part.partnerId)))
    await tellIssuer(tx, keyRing, redemption, partnerId, taken)
  if (taken.some(({ isSilent }) => !isSilent)) await tellHolder(tx, keyRing, renderer, redemption)
}

async function tellIssuer(
  tx: Tx,
  keyRing: KeyRing,
  redemption: Redemption,
  partnerId: PartnerId,
  taken: readonly Taken[],
): Promise<void> {
  const ids = new Set<DisbursementId>()
  for (const part of taken)
    if (part.partnerId === partnerId && part.disbursementId !== undefined) ids.add(part.disbursementId)
  const touched = await findDisbursements(tx, partnerId, [...ids])
  const byDialect = Map.groupBy(touched, (one) => one.dialect)
  for (const dialect of inOrder([...byDialect.keys()])) {
    const disbursements = byDialect.get(dialect) ?? []
    const id = newId<EventId>()
    const details = { redemption_id: redemption.id, redeemer_id: redemption.partnerId }
    await recordEvent(tx, { partnerId, id, type: redemptionCompleted, dialect, details })
    for (const url of urlsOf(disbursements))
      await sendToCallback(tx, keyRing, { partnerId, dialect, url, eventId: id })
  }
}

/** Each address once: it is told of the redemption, not of each of its vouchers. */
function urlsOf(disbursements: readonly Disbursement[]): string[] {
  return inOrder(disbursements.flatMap(({ callbackUrl }) => callbackUrl ?? []))
}

/** Each once, the least first. */
function inOrder<Text extends string>(texts: readonly Text[]): Text[] {
  return [...new Set(texts)].toSorted()
}

async function tellHolder(
  tx: Tx,
  keyRing: KeyRing,
  renderer: Renderer,
  redemption: Redemption,
): Promise<void> {
  await sendMessage(tx, keyRing, renderer, {
    partnerId: redemption.partnerId,
    channel: 'sms',
    to: redemption.phone,
    locale: 'en',
    reference: `redemption:${redemption.id}`,
    template: 'voucher_spent',
    facts: {
      receipt: redemption.receipt,
      amount: printAmount(redemption.amount),
      currency: redemption.currency,
      merchant: redemption.merchantName ?? '',
      till: redemption.tillName ?? '',
      at: `${redemption.createdAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    },
  })
}
