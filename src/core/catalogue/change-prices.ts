import { isInstant, isUuid } from '../../platform/cursor.ts'
import { sql } from '../../platform/database.ts'
import type { Db, Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { keysetPage } from '../../platform/keyset.ts'
import type { PageRequest } from '../../platform/keyset.ts'
import { divideHalfEven, printDecimal } from '../../values/decimal.ts'
import { Failure } from '../../values/failure.ts'
import type { PartnerId, ProposalId } from '../../values/ids.ts'
import { rateScale } from '../../values/money.ts'
import type { Page } from '../../values/page.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { requireWaiting } from '../audit/require-waiting.ts'
import { lockCatalogue } from './catalogue-writes.sql.ts'
import { findRateTable } from './find-rate-table.ts'
import {
  describeChange,
  judgeFixedPrice,
  judgeMarkup,
  judgeRates,
  judgeTerms,
  subjectOf,
} from './price-change.ts'
import type { PriceChange, PriceProposal } from './proposal.ts'
import {
  countProposals,
  insertProposal,
  lockProposal,
  markProposal,
  rejectWaiting,
  selectFaceValue,
  selectNewerRate,
  selectProposals,
  selectRatesOfLastDay,
} from './price-proposals.sql.ts'
import { setPartnerTerms } from './set-partner-terms.ts'
import { setPriceRule } from './set-price-rule.ts'
import { storeRates } from './store-rates.ts'

/** What became of a change: it holds, or it waits for a second person for the reason given. */
export type PricesChanged =
  | { readonly holds: true; readonly stored: number; readonly unchanged: number }
  | { readonly holds: false; readonly proposalId: ProposalId; readonly reason: string }

/**
 * Changes prices at once, which drops what was proposed about the same before; or proposes the change, where it sells goods more than a tenth
 * beneath what they are worth or moves an exchange rate by more than a tenth, and another person approves. What would be refused is refused when
 * it is proposed. Throws what `setPriceRule`, `setPartnerTerms` and `storeRates` throw.
 *
 * @param command.needsSecond false: one person may do it, as in a sandbox
 */
export async function changePrices(
  tx: Tx,
  command: { readonly change: PriceChange; readonly actor: string; readonly needsSecond: boolean },
): Promise<PricesChanged> {
  const { change, actor, needsSecond } = command
  await lockCatalogue(tx)
  const about = { partnerId: partnerOf(change), subject: subjectOf(change) }
  const reason = needsSecond ? await findReason(tx, change) : undefined
  // The change itself says whether it is a right one; where it has to wait, it is taken back.
  await tx.query(sql`savepoint tried`)
  const { isNews, ...counts } = await carryOut(tx, change, actor)
  if (reason === undefined || !isNews) {
    await rejectWaiting(tx, about, actor)
    return { holds: true, ...counts }
  }
  await tx.query(sql`rollback to savepoint tried`)
  await rejectWaiting(tx, about, actor)
  const proposalId = newId<ProposalId>()
  await insertProposal(tx, { id: proposalId, ...about, change, reason, proposedBy: actor })
  const details = { subject: about.subject, change: describeChange(change), reason }
  await recordAudit(tx, {
    actor,
    action: 'price.proposed',
    partnerId: about.partnerId,
    subject: proposalId,
    details,
  })
  return { holds: false, proposalId, reason }
}

/**
 * Puts in force what another person proposed. Of two who approve at once it is done once. Throws Failure proposal_not_found,
 * second_person_required, decided_otherwise (also where a newer rate holds), and what the change itself throws by now.
 */
export async function approvePriceChange(
  tx: Tx,
  command: { readonly id: ProposalId; readonly actor: string },
): Promise<{ readonly proposal: PriceProposal; readonly repeated: boolean }> {
  const { id, actor } = command
  await lockCatalogue(tx)
  const { proposal, repeated } = requireWaiting(await lockProposal(tx, id), 'approved')
  if (repeated) return { proposal, repeated }
  if (proposal.proposedBy === actor) throw new Failure('second_person_required')
  await refuseOldRates(tx, proposal)
  await carryOut(tx, proposal.change, actor)
  return { proposal: await decide(tx, proposal, 'approved', actor), repeated }
}

/** Drops a proposal; whoever made it may, too. Throws Failure proposal_not_found, decided_otherwise. */
export async function rejectPriceChange(
  tx: Tx,
  command: { readonly id: ProposalId; readonly actor: string },
): Promise<{ readonly proposal: PriceProposal; readonly repeated: boolean }> {
  const { id, actor } = command
  const { proposal, repeated } = requireWaiting(await lockProposal(tx, id), 'rejected')
  if (repeated) return { proposal, repeated }
  return { proposal: await decide(tx, proposal, 'rejected', actor), repeated }
}

/** A page of the proposals that wait, the longest waiting first. Throws Failure validation_failed for a foreign cursor. */
export async function listPriceProposals(db: Db, request: PageRequest): Promise<Page<PriceProposal>> {
  return keysetPage<PriceProposal & { readonly createdAtText: string }>(
    {
      name: 'price proposals',
      filters: {},
      keyShapes: [isInstant, isUuid],
      keyOf: (proposal) => [proposal.createdAtText, proposal.id],
      find: (position, limit) => selectProposals(db, position, limit),
    },
    request,
  )
}

/** How many changes of prices wait for a second person. */
export async function countPriceProposals(db: Db): Promise<number> {
  return countProposals(db)
}

async function carryOut(
  tx: Tx,
  change: PriceChange,
  actor: string,
): Promise<{ readonly isNews: boolean; readonly stored: number; readonly unchanged: number }> {
  if (change.kind === 'rates') {
    const counts = await storeAudited(tx, change, actor)
    return { isNews: counts.stored > 0, ...counts }
  }
  const isNews =
    change.kind === 'rule'
      ? await setPriceRule(tx, { ...change.rule, actor })
      : await setPartnerTerms(tx, { ...change.terms, actor })
  return { isNews, stored: isNews ? 1 : 0, unchanged: isNews ? 0 : 1 }
}

async function storeAudited(
  tx: Tx,
  change: Extract<PriceChange, { kind: 'rates' }>,
  actor: string,
): Promise<{ readonly stored: number; readonly unchanged: number }> {
  const counts = await storeRates(tx, change.rates)
  if (counts.stored === 0) return counts
  const [only, ...others] = change.rates
  const details =
    only === undefined || others.length > 0
      ? { rates: counts.stored }
      : { rate: printDecimal(only.rate, rateScale), source: only.source }
  await recordAudit(tx, { actor, action: 'rate.stored', subject: subjectOf(change), details })
  return counts
}

async function findReason(tx: Tx, change: PriceChange): Promise<string | undefined> {
  if (change.kind === 'terms') return judgeTerms(change.terms)
  if (change.kind === 'rates')
    return judgeRates(change.rates, await findRateTable(tx), await selectRatesOfLastDay(tx))
  const { scope, markupPercent = 0n, fixedPrice } = change.rule
  if (fixedPrice === undefined || scope.kind !== 'sku') return judgeMarkup(markupPercent)
  const sku = await selectFaceValue(tx, scope)
  if (sku === undefined) return undefined // The change itself is refused.
  const rate = (await findRateTable(tx)).rate(sku.currency, fixedPrice.currency)
  const worth = rate === undefined ? 0n : divideHalfEven(sku.faceValue * rate, 10n ** BigInt(rateScale))
  return judgeFixedPrice(fixedPrice.amount, worth === 0n ? undefined : worth)
}

/** A rate that was right when it was proposed is wrong by the time that another one holds. */
async function refuseOldRates(tx: Tx, { change, createdAt }: PriceProposal): Promise<void> {
  if (change.kind !== 'rates') return
  const newer = await selectNewerRate(tx, change.rates, createdAt)
  if (newer === undefined) return
  const sentence = `A newer rate from ${newer.base} to ${newer.quote} holds by now; reject this proposal.`
  throw new Failure('decided_otherwise', { sentence })
}

async function decide(
  tx: Tx,
  proposal: PriceProposal,
  state: 'approved' | 'rejected',
  actor: string,
): Promise<PriceProposal> {
  const { id, partnerId, subject, description, proposedBy } = proposal
  await markProposal(tx, id, state, actor)
  const details = { subject, change: description, proposedBy }
  await recordAudit(tx, { actor, action: `price.${state}`, partnerId, subject: id, details })
  return { ...proposal, state, decidedBy: actor }
}

function partnerOf(change: PriceChange): PartnerId | undefined {
  if (change.kind === 'rule') return change.rule.partnerId
  return change.kind === 'terms' ? change.terms.partnerId : undefined
}
