import { violatedConstraint } from '../../platform/database.ts'
import type { Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { PartnerId, WalletId } from '../../values/ids.ts'
import { printAmount, largestAmountMicros } from '../../values/money.ts'
import type { Micros } from '../../values/money.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { isOverdraftLimit } from './ledger.ts'
import type { Wallet } from './ledger.ts'
import { updateOverdraft } from './wallets.sql.ts'

export type SetOverdraft = {
  readonly partnerId: PartnerId
  readonly walletId: WalletId
  readonly allowOverdraft: boolean
  /** Micro-units, 0 or more. Kept, but of no effect, while the overdraft is not allowed. */
  readonly overdraftLimit: Micros
  readonly actor: string
}

/** Sets how far a wallet may go below zero. Throws Failure wallet_not_found, validation_failed, overdraft_in_use (more is spent or held already). */
export async function setOverdraft(tx: Tx, command: SetOverdraft): Promise<Wallet> {
  const { partnerId, walletId, allowOverdraft, overdraftLimit, actor } = command
  if (!isOverdraftLimit(overdraftLimit)) {
    throw new Failure('validation_failed', {
      fields: [{ field: 'overdraft_limit', sentence: overdraftSentence }],
    })
  }
  const overdraft = { allowOverdraft, overdraftLimit }
  const wallet = await updateOverdraft(tx, partnerId, walletId, overdraft).catch((error: unknown) => {
    throw violatedConstraint(error) === 'wallets_not_overdrawn'
      ? new Failure('overdraft_in_use', { cause: error })
      : error
  })
  if (wallet === undefined) throw new Failure('wallet_not_found')
  await recordAudit(tx, {
    actor,
    action: 'wallet.overdraft_set',
    partnerId,
    subject: walletId,
    details: overdraft,
  })
  return wallet
}

export const overdraftSentence = `The overdraft limit must be from 0 to ${printAmount(largestAmountMicros)}.`
