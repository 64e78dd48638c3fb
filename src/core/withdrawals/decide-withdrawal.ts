import type { Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { HoldId, WithdrawalId } from '../../values/ids.ts'
import { isStorableJson } from '../../values/json.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { recordAccountEvent } from '../events/record-account-event.ts'
import { postTransfer } from '../ledger/post-transfer.ts'
import { releaseHold } from '../ledger/release-hold.ts'
import type { Withdrawal, WithdrawalState } from './withdrawal.ts'
import { lockWithdrawal, markDecided } from './withdrawals.sql.ts'
import { requireSecondPerson } from '../users/require-second-person.ts'

type Decided = { readonly withdrawal: Withdrawal; readonly repeated: boolean }

/**
 * Approves a withdrawal: the money has left, or leaves now, for its destination, and the wallet pays it. Of two who decide at once the
 * first decides. Repeated, it has no effect.
 * Throws Failure withdrawal_not_found, second_person_required, and decided_otherwise if it was rejected.
 */
export async function approveWithdrawal(
  tx: Tx,
  command: { readonly id: WithdrawalId; readonly actor: string },
): Promise<Decided> {
  return decide(
    tx,
    { ...command, reason: '' },
    'paid',
    async ({ partnerId, walletId, id, amount, reference }) => {
      // The wallet's row stays locked between the two, so that nobody else can spend what is released.
      await releaseHold(tx, { partnerId, holdId: id as string as HoldId })
      await postTransfer(tx, {
        partnerId,
        walletId,
        kind: 'withdrawal',
        amount: -amount,
        reference: `withdrawal ${id}`,
        paymentMethod: 'bank_transfer',
        description: reference,
        actor: command.actor,
      })
    },
  )
}

/**
 * Rejects a withdrawal, for a reason that the partner is told: all of the money is free again.
 * Throws Failure withdrawal_not_found, second_person_required, validation_failed, and decided_otherwise if it was approved.
 */
export async function rejectWithdrawal(
  tx: Tx,
  command: {
    readonly id: WithdrawalId
    /** 1 to 1,000 characters. */
    readonly reason: string
    readonly actor: string
  },
): Promise<Decided> {
  const { reason } = command
  if (reason.trim() === '' || reason.length > 1_000 || !isStorableJson(reason)) {
    const sentence = 'The reason must be 1 to 1000 characters of text.'
    throw new Failure('validation_failed', { fields: [{ field: 'reason', sentence }] })
  }
  return decide(tx, command, 'rejected', async ({ partnerId, id }) => {
    await releaseHold(tx, { partnerId, holdId: id as string as HoldId })
  })
}

async function decide(
  tx: Tx,
  { id, reason, actor }: { readonly id: WithdrawalId; readonly reason: string; readonly actor: string },
  state: Exclude<WithdrawalState, 'pending_approval'>,
  move: (withdrawal: Withdrawal) => Promise<void>,
): Promise<Decided> {
  const withdrawal = await lockWithdrawal(tx, id)
  if (withdrawal === undefined) throw new Failure('withdrawal_not_found')
  if (withdrawal.state === state) return { withdrawal, repeated: true }
  if (withdrawal.state !== 'pending_approval')
    throw new Failure('decided_otherwise', { sentence: `This withdrawal was ${withdrawal.state} already.` })
  await requireSecondPerson(tx, { partnerId: withdrawal.partnerId, by: withdrawal.requestedBy }, actor)
  await move(withdrawal)
  await markDecided(tx, { id, state, reason, actor })
  const { partnerId, walletId, amount, currency, reference, requestedBy } = withdrawal
  const facts = { walletId, amount, currency, reference, state, reason }
  if (state === 'paid') {
    const told = { ...facts, destination: withdrawal.destinationShown, requestedAt: withdrawal.createdAt }
    await recordAccountEvent(tx, { partnerId, type: 'wallet.withdrawn', details: told })
  }
  const details = { ...facts, requestedBy }
  const action = state === 'paid' ? 'withdrawal.approved' : 'withdrawal.rejected'
  await recordAudit(tx, { actor, action, partnerId, subject: id, details })
  return { withdrawal: { ...withdrawal, state, reason, decidedBy: actor }, repeated: false }
}
