import { isInstant, isUuid } from '../../platform/cursor.ts'
import { violatedConstraint } from '../../platform/database.ts'
import type { Db, Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { keysetPage } from '../../platform/keyset.ts'
import type { PageRequest } from '../../platform/keyset.ts'
import { Failure } from '../../values/failure.ts'
import type { PartnerId, ProposalId, WalletId } from '../../values/ids.ts'
import type { Micros } from '../../values/money.ts'
import type { Page } from '../../values/page.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { requireWaiting } from '../audit/require-waiting.ts'
import { isOverdraftLimit } from './ledger.ts'
import type { Wallet } from './ledger.ts'
import type { OverdraftProposal } from './overdraft.ts'
import {
  insertProposal,
  lockProposal,
  lockWallet,
  lockWalletOf,
  markProposal,
  rejectWaiting,
  countProposals,
  selectProposals,
} from './overdrafts.sql.ts'
import { overdraftSentence, setOverdraft } from './set-overdraft.ts'

export type ChangeOverdraft = {
  readonly partnerId: PartnerId
  readonly walletId: WalletId
  /** Micro-units; 0: not below zero at all. */
  readonly limit: Micros
  readonly note?: string | undefined
  readonly actor: string
  /** Whether more credit takes a second person: everywhere but in a sandbox. */
  readonly needsSecond: boolean
}

/**
 * Gives a wallet less credit at once, which drops what was proposed before, or more of it where one person may do that; otherwise more of it is proposed, and another person approves.
 * Throws Failure wallet_not_found, validation_failed, overdraft_in_use, already_exists (a proposal waits).
 */
export async function changeOverdraft(
  tx: Tx,
  command: ChangeOverdraft,
): Promise<{ readonly wallet: Wallet } | { readonly proposalId: ProposalId }> {
  const { partnerId, walletId, limit, note = '', actor, needsSecond } = command
  const now = await lockWallet(tx, partnerId, walletId)
  if (now === undefined) throw new Failure('wallet_not_found')
  const present = now.allowOverdraft ? now.overdraftLimit : 0n
  if (!needsSecond || limit <= present) {
    // What somebody proposed before would otherwise take this back, whenever it is approved.
    await rejectWaiting(tx, partnerId, walletId, actor)
    return {
      wallet: await setOverdraft(tx, { ...command, allowOverdraft: limit > 0n, overdraftLimit: limit }),
    }
  }
  if (!isOverdraftLimit(limit))
    throw new Failure('validation_failed', {
      fields: [{ field: 'overdraft_limit', sentence: overdraftSentence }],
    })
  const id = newId<ProposalId>()
  await insertProposal(tx, { partnerId, id, walletId, limit, note, actor }).catch((error: unknown) => {
    if (violatedConstraint(error) !== 'overdraft_proposals_open') throw error
    const sentence = 'A higher overdraft of this wallet waits for a second person already.'
    throw new Failure('already_exists', { sentence, cause: error })
  })
  const details = { limit, note }
  await recordAudit(tx, { actor, action: 'overdraft.proposed', partnerId, subject: walletId, details })
  return { proposalId: id }
}

/**
 * Gives a wallet the credit that another person proposed. Of two who approve at once it is given once.
 * Throws Failure proposal_not_found, second_person_required, decided_otherwise.
 */
export async function approveOverdraft(
  tx: Tx,
  command: { readonly id: ProposalId; readonly actor: string },
): Promise<{ readonly proposal: OverdraftProposal; readonly repeated: boolean }> {
  const { actor } = command
  await lockWalletOf(tx, command.id)
  const { proposal, repeated } = requireWaiting(await lockProposal(tx, command.id), 'approved')
  if (repeated) return { proposal, repeated }
  if (proposal.proposedBy === actor) throw new Failure('second_person_required')
  const { partnerId, walletId, limit } = proposal
  await setOverdraft(tx, { partnerId, walletId, allowOverdraft: true, overdraftLimit: limit, actor })
  await markProposal(tx, proposal, 'approved', actor)
  const details = { limit, proposedBy: proposal.proposedBy }
  await recordAudit(tx, { actor, action: 'overdraft.approved', partnerId, subject: walletId, details })
  return { proposal: { ...proposal, state: 'approved', decidedBy: actor }, repeated: false }
}

/** Drops a proposal; whoever made it may, too. Throws Failure proposal_not_found, decided_otherwise. */
export async function rejectOverdraft(
  tx: Tx,
  command: { readonly id: ProposalId; readonly actor: string },
): Promise<{ readonly proposal: OverdraftProposal; readonly repeated: boolean }> {
  const { actor } = command
  const { proposal, repeated } = requireWaiting(await lockProposal(tx, command.id), 'rejected')
  if (repeated) return { proposal, repeated }
  const { partnerId, walletId, limit } = proposal
  await markProposal(tx, proposal, 'rejected', actor)
  const details = { limit, proposedBy: proposal.proposedBy }
  await recordAudit(tx, { actor, action: 'overdraft.rejected', partnerId, subject: walletId, details })
  return { proposal: { ...proposal, state: 'rejected', decidedBy: actor }, repeated: false }
}

/** A page of the proposals that wait, the longest waiting first. Throws Failure validation_failed for a foreign cursor. */
export async function listOverdraftProposals(db: Db, request: PageRequest): Promise<Page<OverdraftProposal>> {
  return keysetPage<OverdraftProposal & { readonly createdAtText: string }>(
    {
      name: 'overdraft proposals',
      filters: {},
      keyShapes: [isInstant, isUuid],
      keyOf: (proposal) => [proposal.createdAtText, proposal.id],
      find: (position, limit) => selectProposals(db, position, limit),
    },
    request,
  )
}

/** How many higher overdrafts wait for a second person. */
export async function countOverdraftProposals(db: Db): Promise<number> {
  return countProposals(db)
}
