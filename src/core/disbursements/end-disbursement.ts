import type { Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import type { EventId, TransferId } from '../../values/ids.ts'
import { recordEvent } from '../events/record-event.ts'
import type { KeyRing } from '../keys/ring.ts'
import { moveVoucherMoney } from '../ledger/move-voucher-money.ts'
import { sendToCallback } from '../webhooks/send-to-callback.ts'
import { feePaid } from './disbursement.ts'
import type { Disbursement } from './disbursement.ts'
import { updateEnded } from './disbursements.sql.ts'
import type { Claim } from './disbursements.sql.ts'

/** Told when a disbursement has been processed, whatever came of it. Its details say which. */
export const disbursementProcessed = 'disbursement.processed'

/**
 * Ends a disbursement where it stands: what was not issued, and the fee for that, goes back to the wallet; the event is told to endpoints and to
 * the disbursement's own address. False, and nothing done: the claim is not the last one any more.
 */
export async function endDisbursement(tx: Tx, keyRing: KeyRing, claim: Claim): Promise<boolean> {
  const ended = await updateEnded(tx, claim)
  if (ended === undefined) return false
  await payBack(tx, ended)
  const { partnerId, dialect, callbackUrl } = ended
  const id = newId<EventId>()
  const details = { disbursement_id: ended.id }
  await recordEvent(tx, { partnerId, id, type: disbursementProcessed, dialect, details })
  if (callbackUrl !== undefined)
    await sendToCallback(tx, keyRing, { partnerId, dialect, url: callbackUrl, eventId: id })
  return true
}

async function payBack(tx: Tx, ended: Disbursement): Promise<void> {
  const { partnerId, walletId, currency, issuedAmount } = ended
  const rest = ended.amount - issuedAmount
  if (rest === 0n) return
  const fee = ended.fee - feePaid(ended)
  await moveVoucherMoney(tx, {
    kind: 'disbursement_refund',
    currency,
    transfers: [
      {
        partnerId,
        id: newId<TransferId>(),
        sides: [
          { kind: 'wallet', walletId, amount: rest + fee },
          { kind: 'voucher_liability', amount: -rest },
          { kind: 'fees', amount: -fee },
        ],
      },
    ],
    description: `Not issued of disbursement ${ended.transactionCode}`,
    actor: 'system',
  })
}
