import type { KeyRing } from '../src/core/keys/ring.ts'
import type { Wallet } from '../src/core/ledger/ledger.ts'
import { approveReversal } from '../src/core/redemptions/approve-reversal.ts'
import { proposeReversal } from '../src/core/redemptions/propose-reversal.ts'
import { redeemAtTill } from '../src/core/redemptions/redeem-at-till.ts'
import { confirmBankDetails } from '../src/core/settlements/decide-details.ts'
import { approveSettlement, rejectSettlement } from '../src/core/settlements/decide-settlement.ts'
import type { BankDetails } from '../src/core/settlements/details.ts'
import { enterBankDetails } from '../src/core/settlements/enter-details.ts'
import { proposePayout } from '../src/core/settlements/propose-payout.ts'
import type { ProposePayout } from '../src/core/settlements/propose-payout.ts'
import { proposeReturn } from '../src/core/settlements/propose-return.ts'
import type { Database } from '../src/platform/database.ts'
import { openRenderer } from '../src/platform/templates.ts'
import type { RedemptionId, SettlementId } from '../src/values/ids.ts'
import { account } from './funding-world.ts'
import { createVoucherWorld, kes, owedTo, shilling } from './voucher-world.ts'

export type PaidMerchant = { readonly code: string; readonly till: string }

/** Merchants that vouchers were redeemed with, and the two persons who pay them: ann proposes, bob approves. */
export async function createSettlementWorld(database: Database, givenKeys?: KeyRing) {
  const vouchers = await createVoucherWorld(database, givenKeys)
  const { keyRing } = vouchers
  const parts = { database, keyRing, renderer: openRenderer() }
  let made = 0
  const world = {
    ...vouchers,
    /** What a merchant is owed over all issuers, in shillings. */
    async owed({ code }: PaidMerchant): Promise<bigint> {
      return (await owedTo(database, code)) / shilling
    },
    async enter({ code }: PaidMerchant, actor = 'ann', accountNumber = account.accountNumber) {
      const order = { merchant: code, currency: kes, account: { ...account, accountNumber }, actor }
      return database.inTransaction((tx) => enterBankDetails(tx, keyRing, order))
    },
    confirm({ id }: Pick<BankDetails, 'id'>, actor = 'bob', on: Database = database) {
      return on.inTransaction((tx) => confirmBankDetails(tx, { id, actor }))
    },
    /** A merchant with confirmed bank details that was never owed anything. */
    async merchantWithBank(): Promise<PaidMerchant> {
      const { code, tills } = await vouchers.merchant()
      const paid = { code, till: tills[0] ?? '' }
      await world.confirm(await world.enter(paid))
      return paid
    },
    /** Redeems so many shillings of the issuer's vouchers, which a new telephone holds, with a merchant. */
    async redeem(issuer: Wallet, { till }: PaidMerchant, shillings: bigint): Promise<RedemptionId> {
      made += 1
      const phone = `+2547${40_000_000 + made}`
      await vouchers.voucher(issuer, shillings, { phone })
      const command = {
        partnerId: issuer.partnerId,
        issuerId: issuer.partnerId,
        mode: 'api',
        transactionId: `S-${made}`,
        phone,
        name: 'A',
        amount: shillings * shilling,
        currency: kes,
        tillNumber: till,
        remarks: '',
        requestKey: `${made}`,
        actor: 'test',
      } as const
      return (await redeemAtTill(parts, command)).redemption.id
    },
    async reverse({ partnerId }: Wallet, redemptionId: RedemptionId): Promise<void> {
      const order = { partnerId, redemptionId, note: 'test', actor: 'ann' }
      const proposalId = await database.inTransaction((tx) => proposeReversal(tx, order))
      await database.inTransaction((tx) => approveReversal(tx, { proposalId, actor: 'bob' }))
    },
    async propose(
      issuer: Pick<Wallet, 'partnerId'>,
      { code }: PaidMerchant,
      shillings: bigint,
      changes: Partial<ProposePayout> = {},
    ) {
      made += 1
      const order = {
        partnerId: issuer.partnerId,
        merchant: code,
        amount: shillings * shilling,
        currency: kes,
        reference: `payout ${made}`,
        note: '',
        actor: 'ann',
        ...changes,
      }
      return database.inTransaction((tx) => proposePayout(tx, order))
    },
    approve(id: SettlementId, actor = 'bob', on: Database = database) {
      return on.inTransaction((tx) => approveSettlement(tx, { id, actor }))
    },
    reject(id: SettlementId, actor = 'bob', on: Database = database) {
      return on.inTransaction((tx) => rejectSettlement(tx, { id, reason: 'not now', actor }))
    },
    proposeReturn(payoutId: SettlementId, reference: string, actor = 'ann', on: Database = database) {
      const order = { payoutId, reference, note: 'account closed', actor }
      return on.inTransaction((tx) => proposeReturn(tx, order))
    },
    /** A payout that ann proposed and bob approved. */
    async pay(issuer: Wallet, merchant: PaidMerchant, shillings: bigint): Promise<SettlementId> {
      const { settlement } = await world.propose(issuer, merchant, shillings)
      await world.approve(settlement.id)
      return settlement.id
    },
  }
  return world
}
