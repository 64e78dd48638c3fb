import { violatedConstraint } from '../../platform/database.ts'
import type { Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { BankDetailsId } from '../../values/ids.ts'
import { recordAudit } from '../audit/record-audit.ts'
import type { BankDetails, DetailsState } from './details.ts'
import { lockDetails, markConfirmed, markDetailsRejected } from './details.sql.ts'
import { isReason } from './settlement.ts'

type Decided = { readonly bankDetails: BankDetails; readonly repeated: boolean }

/**
 * Confirms where a merchant is paid, as another person: payouts in the currency go there from now on, and nowhere else. Repeated, it has no effect.
 * Throws Failure bank_account_not_found, second_person_required, and decided_otherwise if they were rejected or others took their place.
 */
export async function confirmBankDetails(
  tx: Tx,
  command: { readonly id: BankDetailsId; readonly actor: string },
): Promise<Decided> {
  const { actor } = command
  return decide(tx, { ...command, reason: '' }, 'confirmed', async (details) => {
    await markConfirmed(tx, details, actor).catch((cause: unknown) => {
      if (violatedConstraint(cause) !== 'merchant_bank_details_confirmed') throw cause
      const sentence = 'Others were confirmed at the same moment: look at them, or try again.'
      throw new Failure('decided_otherwise', { sentence, cause })
    })
  })
}

/**
 * Rejects what was entered, as another person: the merchant is paid where it was. Repeated, it has no effect.
 * Throws Failure bank_account_not_found, second_person_required, validation_failed, and decided_otherwise if they were confirmed or others took
 * their place.
 */
export async function rejectBankDetails(
  tx: Tx,
  command: {
    readonly id: BankDetailsId
    /** 1 to 1,000 characters. */
    readonly reason: string
    readonly actor: string
  },
): Promise<Decided> {
  if (!isReason(command.reason)) {
    const sentence = 'The reason must be 1 to 1000 characters of text.'
    throw new Failure('validation_failed', { fields: [{ field: 'reason', sentence }] })
  }
  return decide(tx, command, 'rejected', () => markDetailsRejected(tx, command))
}

async function decide(
  tx: Tx,
  { id, reason, actor }: { readonly id: BankDetailsId; readonly reason: string; readonly actor: string },
  state: Extract<DetailsState, 'confirmed' | 'rejected'>,
  mark: (details: BankDetails) => Promise<void>,
): Promise<Decided> {
  const found = await lockDetails(tx, id)
  if (found === undefined) throw new Failure('bank_account_not_found')
  if (found.state === state) return { bankDetails: found, repeated: true }
  if (found.state !== 'entered')
    throw new Failure('decided_otherwise', { sentence: `These details were ${found.state} already.` })
  if (found.enteredBy === actor) throw new Failure('second_person_required')
  await mark(found)
  const { merchant, currency, accountShown: account, enteredBy } = found
  const details = { merchant, currency, account, enteredBy, reason }
  await recordAudit(tx, { actor, action: `merchant_bank_details.${state}`, subject: id, details })
  return { bankDetails: { ...found, state, reason, decidedBy: actor }, repeated: false }
}
