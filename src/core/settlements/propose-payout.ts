import { violatedConstraint } from '../../platform/database.ts'
import type { Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { Failure } from '../../values/failure.ts'
import type { PartnerId, SettlementId } from '../../values/ids.ts'
import type { Currency, Micros } from '../../values/money.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { owedLess } from '../ledger/book-settlement.ts'
import { findMerchant } from '../merchants/find-merchant.ts'
import { shareConfirmed } from './details.sql.ts'
import { selectFree } from './owed.sql.ts'
import { proposalProblems } from './settlement.ts'
import type { Settlement } from './settlement.ts'
import { insertSettlement, selectByReference } from './settlements.sql.ts'

export type ProposePayout = {
  /** Out of whose books: the issuer of the vouchers. */
  readonly partnerId: PartnerId
  /** The merchant's code. */
  readonly merchant: string
  /** Micro-units, more than 0. */
  readonly amount: Micros
  readonly currency: Currency
  /** The proposer's own name for it, 1 to 64 characters, unique in the issuer's books for ever. */
  readonly reference: string
  /** At most 1,000 characters. */
  readonly note: string
  readonly actor: string
}

/**
 * Proposes to pay a merchant a part of what it is owed, to the account that is confirmed now. No money moves before another person approves, which
 * has the last word on what is owed. Repeated with the same merchant, amount and currency, it answers the first.
 * Throws Failure merchant_not_found, partner_not_found, bank_account_not_found (none is confirmed), insufficient_funds (it is owed less, beside what is proposed
 * already), transfer_conflict (the reference is another's), validation_failed.
 */
export async function proposePayout(
  tx: Tx,
  command: ProposePayout,
): Promise<{ readonly settlement: Settlement; readonly repeated: boolean }> {
  const { partnerId, amount, currency, reference, note, actor } = command
  const fields = proposalProblems(command)
  if (fields.length > 0) throw new Failure('validation_failed', { fields })
  const merchant = await findMerchant(tx, command.merchant)
  const first = await findFirst(tx, command)
  if (first !== undefined) return { settlement: first, repeated: true }
  const bankDetailsId = await shareConfirmed(tx, merchant.id, currency)
  if (bankDetailsId === undefined) throw new Failure('bank_account_not_found', { sentence: noneConfirmed })
  const id = newId<SettlementId>()
  const isNew = await insertSettlement(tx, {
    partnerId,
    id,
    kind: 'payout',
    merchantId: merchant.id,
    reference,
    amount,
    currency,
    bankDetailsId,
    payoutId: undefined,
    note,
    proposedBy: actor,
  }).catch((error: unknown) => {
    const isNobody = violatedConstraint(error) === 'settlements_partner_id_fkey'
    throw isNobody ? new Failure('partner_not_found', { cause: error }) : error
  })
  // Only now, so that a repeat at the same moment finds the first instead of seeing its amount gone.
  if (isNew && (await selectFree(tx, { partnerId, merchant, currency })) < 0n)
    throw new Failure('insufficient_funds', { sentence: owedLess })
  const settlement = await findFirst(tx, command)
  if (settlement === undefined) throw new Error('A proposal that was written is there.')
  const details = { merchant: merchant.code, amount, currency, reference, account: settlement.accountShown }
  if (isNew)
    await recordAudit(tx, { actor, action: 'merchant_payout.proposed', partnerId, subject: id, details })
  return { settlement, repeated: !isNew }
}

/** What has the reference already. Throws Failure transfer_conflict if it is anything else. */
async function findFirst(tx: Tx, command: ProposePayout): Promise<Settlement | undefined> {
  const { partnerId, merchant, amount, currency, reference } = command
  const found = await selectByReference(tx, partnerId, reference)
  const isSame =
    found === undefined ||
    (found.kind === 'payout' &&
      found.merchant === merchant &&
      found.amount === amount &&
      found.currency === currency)
  if (!isSame) throw new Failure('transfer_conflict')
  return found
}

const noneConfirmed = 'The merchant has no confirmed account at a bank for this currency.'
