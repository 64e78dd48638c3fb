import { openKeyRing } from '../src/core/keys/open-key-ring.ts'
import type { KeyRing } from '../src/core/keys/ring.ts'
import type { Wallet } from '../src/core/ledger/ledger.ts'
import { findWallet } from '../src/core/ledger/find-wallet.ts'
import { moveVoucherMoney } from '../src/core/ledger/move-voucher-money.ts'
import { openWallet } from '../src/core/ledger/open-wallet.ts'
import { postTransfer } from '../src/core/ledger/post-transfer.ts'
import { saveMerchant } from '../src/core/merchants/save-merchant.ts'
import { saveTill } from '../src/core/merchants/save-till.ts'
import { issueVouchers } from '../src/core/vouchers/issue-vouchers.ts'
import type { IssuedVoucher } from '../src/core/vouchers/issue-vouchers.ts'
import type { NewVoucher } from '../src/core/vouchers/voucher.ts'
import { payableAccount } from '../src/core/ledger/move-voucher-money.ts'
import { sql } from '../src/platform/database.ts'
import type { Database } from '../src/platform/database.ts'
import { newId } from '../src/platform/ids.ts'
import { newSecretKey } from '../src/platform/secrets.ts'
import type { DisbursementId, PartnerId } from '../src/values/ids.ts'
import { currencyOf, newPartner } from './books.ts'

export const kes = currencyOf('KES')

/** One shilling in micros. */
export const shilling = 1_000_000n

/** Companies with shillings, and vouchers that they have issued, for tests of the core. */
export type VoucherWorld = {
  readonly database: Database
  readonly keyRing: KeyRing
  /** A partner with a default wallet in shillings. */
  company(shillings: bigint): Promise<Wallet>
  balanceOf(wallet: Wallet): Promise<bigint>
  /** A merchant with so many tills: "naivas-3" has "naivas-3-1" and so on. */
  merchant(tills?: number): Promise<{ readonly code: string; readonly tills: readonly string[] }>
  /** Issues one voucher as a disbursement to one recipient does, without its fee; its value comes out of the wallet. */
  voucher(issuer: Wallet, shillings: bigint, changes?: Partial<NewVoucher>): Promise<IssuedVoucher>
}

const day = 86_400_000
let merchants = 0

export async function createVoucherWorld(database: Database, givenKeys?: KeyRing): Promise<VoucherWorld> {
  const keyRing = givenKeys ?? (await openKeyRing(database, newSecretKey()))
  return {
    database,
    keyRing,
    async company(shillings) {
      const { id: partnerId } = await newPartner(database)
      return database.inTransaction(async (tx) => {
        const wallet = await openWallet(tx, { partnerId, currency: kes, isDefault: true })
        if (shillings > 0n) {
          const funds = {
            kind: 'topup',
            amount: shillings * shilling,
            reference: 'opening',
            actor: 'test',
          } as const
          await postTransfer(tx, { partnerId, walletId: wallet.id, ...funds })
        }
        return { ...wallet, balance: shillings * shilling }
      })
    },
    async merchant(tills = 1) {
      merchants += 1
      const code = `merchant-${process.pid}-${merchants}`
      const numbers = Array.from({ length: tills }, (_, place) => `${process.pid}${merchants}${place}`)
      await database.inTransaction(async (tx) => {
        const category = { code: 'supermarkets', name: 'Supermarkets' }
        await saveMerchant(tx, { code, name: 'Naivas', category, status: 'active', actor: 'test' })
        for (const number of numbers)
          await saveTill(tx, { number, merchant: code, name: 'Eastgate', status: 'active', actor: 'test' })
      })
      return { code, tills: numbers }
    },
    async balanceOf({ partnerId, id }) {
      return (await findWallet(database, partnerId, id)).balance
    },
    async voucher(issuer, shillings, changes = {}) {
      return database.inTransaction(async (tx) => {
        const id = newId<DisbursementId>()
        const amount = shillings * shilling
        const { partnerId, id: walletId } = issuer
        const voucher: NewVoucher = {
          walletId,
          phone: '+254712345678',
          holder: 'Jane Doe',
          amount,
          currency: kes,
          startsAt: new Date(Date.now() - day),
          endsAt: new Date(Date.now() + day),
          merchants: [],
          isExternal: false,
          isSilent: false,
          disbursementId: id,
          position: 1,
          ...changes,
        }
        await moveVoucherMoney(tx, {
          kind: 'disbursement',
          currency: kes,
          transfers: [
            {
              partnerId,
              // A transfer of a disbursement has its id.
              id: id as string as never,
              sides: [
                { kind: 'wallet', walletId, amount: -amount },
                { kind: 'voucher_liability', amount },
              ],
            },
          ],
          description: 'test',
          actor: 'test',
        })
        await tx.query(sql`
          insert into disbursements (partner_id, id, external_id, request_hash, dialect, title, wallet_id, currency, starts_on, ends_on, starts_at, ends_at,
            is_external, is_silent, reveals_codes, recipients_count, amount, fee, fee_each, fee_percent, issued_count, issued_amount, state,
            transaction_code, due_at, ended_at)
          values (${partnerId}, ${id}, ${id}, ${id}, 'test', 'Test', ${walletId}, 'KES', current_date, current_date, ${voucher.startsAt}, ${voucher.endsAt},
            false, true, false, 1, ${amount}, 0, 0, 0, 1, ${amount}, 'completed', 'T0000000', null, now())`)
        await tx.query(sql`
          insert into disbursement_recipients (partner_id, disbursement_id, position, name, phone, amount)
          values (${partnerId}, ${id}, 1, ${voucher.holder}, ${voucher.phone}, ${amount})`)
        const [issued] = await issueVouchers(tx, keyRing, partnerId, [voucher])
        if (issued === undefined) throw new Error('No voucher was issued.')
        return issued
      })
    },
  }
}

/** What a partner's vouchers are worth by its books, in micros. */
export async function liabilityOf(database: Database, partnerId: PartnerId): Promise<bigint> {
  const [row] = await database.query<{ owed: bigint }>(sql`
    select coalesce(sum(amount), 0)::bigint as owed from entries where partner_id = ${partnerId} and account = 'voucher_liability:KES'`)
  return row?.owed ?? 0n
}

/** What a merchant is owed over all partners, in micros. */
export async function owedTo(database: Database, merchant: string): Promise<bigint> {
  const [row] = await database.query<{ owed: bigint }>(sql`
    select coalesce(sum(balance), 0)::bigint as owed from running_accounts where account = ${payableAccount(merchant, kes)}`)
  return row?.owed ?? 0n
}
