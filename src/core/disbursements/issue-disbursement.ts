import type { Database, Tx } from '../../platform/database.ts'
import { failpoint } from '../../platform/failpoints.ts'
import type { Log } from '../../platform/log.ts'
import type { Renderer } from '../../platform/templates.ts'
import { printAmount } from '../../values/money.ts'
import type { KeyRing } from '../keys/ring.ts'
import { sendShortMessages } from '../messages/send-messages.ts'
import { issueVouchers } from '../vouchers/issue-vouchers.ts'
import type { IssuedVoucher } from '../vouchers/issue-vouchers.ts'
import { claimsMost } from './disbursement.ts'
import { advance, selectRecipients } from './disbursements.sql.ts'
import type { Claim } from './disbursements.sql.ts'
import { endDisbursement } from './end-disbursement.ts'

export type IssueParts = {
  readonly database: Database
  readonly keyRing: KeyRing
  readonly renderer: Renderer
  readonly log: Log
  readonly perLot: number
  readonly leaseMs: number
  readonly onIssued: (count: number) => void
}

/**
 * Issues what is left of a claimed disbursement, lot by lot, and ends it. Each lot is one transaction, which also says how far it has come:
 * whoever dies leaves whole lots behind. What cannot be issued in several claims is given up, and the rest is paid back.
 */
export async function issueDisbursement(parts: IssueParts, claim: Claim): Promise<void> {
  const { database, keyRing, log, perLot, onIssued } = parts
  const { disbursement } = claim
  const about = { disbursement: disbursement.id, partner: disbursement.partnerId }
  if (claim.claims > claimsMost)
    log.error(
      { ...about, issued: disbursement.issuedCount },
      'a disbursement is given up, and its rest paid back',
    )
  else {
    for (let from = disbursement.issuedCount; from < disbursement.recipientsCount; from += perLot) {
      const count = await database.inTransaction((tx) => issueLot(tx, parts, claim, from))
      if (count === undefined) return log.warn(about, 'another process has taken a disbursement over')
      await failpoint('disbursement.lot-issued')
      onIssued(count)
    }
  }
  const ended = await database.inTransaction((tx) => endDisbursement(tx, keyRing, claim))
  if (ended) log.info({ ...about, count: disbursement.recipientsCount }, 'a disbursement was processed')
}

/** How many were issued; undefined: the claim is not the last one any more, and nothing was. */
async function issueLot(tx: Tx, parts: IssueParts, claim: Claim, from: number): Promise<number | undefined> {
  const { disbursement } = claim
  const recipients = await selectRecipients(tx, disbursement, from, parts.perLot)
  const amount = recipients.reduce((sum, recipient) => sum + recipient.amount, 0n)
  // First: whoever is too late writes nothing, and a second one waits here.
  const { leaseMs } = parts
  if (!(await advance(tx, claim, { from, to: from + recipients.length, amount, leaseMs }))) return undefined
  const {
    walletId,
    currency,
    startsAt,
    endsAt,
    merchants,
    isExternal,
    isSilent,
    id: disbursementId,
  } = disbursement
  const shared = { walletId, currency, startsAt, endsAt, merchants, isExternal, isSilent, disbursementId }
  const vouchers = recipients.map(({ name: holder, phone, amount: worth, position }) => ({
    ...shared,
    holder,
    phone,
    amount: worth,
    position,
  }))
  const issued = await issueVouchers(tx, parts.keyRing, disbursement.partnerId, vouchers)
  await failpoint('disbursement.lot-half-written')
  if (!isSilent) await tell(tx, parts, claim, issued)
  return recipients.length
}

async function tell(
  tx: Tx,
  parts: IssueParts,
  claim: Claim,
  issued: readonly IssuedVoucher[],
): Promise<void> {
  const { disbursement, company, locale } = claim
  const messages = issued.map(({ id, code, voucher }) => ({
    to: voucher.phone,
    reference: `voucher-issued:${id}`,
    template: 'voucher_issued' as const,
    facts: {
      amount: printAmount(voucher.amount),
      currency: voucher.currency,
      code,
      company,
      expires: disbursement.endsOn,
    },
  }))
  await sendShortMessages(tx, parts.keyRing, parts.renderer, {
    partnerId: disbursement.partnerId,
    locale,
    messages,
  })
}
