import { plainArray, sql, textArray } from '../../platform/database.ts'
import type { Tx } from '../../platform/database.ts'
import type { PartnerId, TransferId, WalletId } from '../../values/ids.ts'
import type { Currency, Micros } from '../../values/money.ts'
import type { AccountKind, VoucherKind } from './ledger.ts'

/** An entry as it is written: numbered accounts have a number and the balance after it. */
export type EntryToWrite = {
  readonly partnerId: PartnerId
  readonly transferId: TransferId
  readonly account: string
  readonly kind: AccountKind
  readonly currency: Currency
  readonly amount: Micros
  readonly number: bigint | undefined
  readonly balanceAfter: Micros | undefined
}

export type NumberedBalance = {
  readonly account: string
  readonly number: bigint
  readonly balanceAfter: Micros
}

/** Moves a wallet's balance; undefined: there is none in this currency. Violates `wallets_not_overdrawn`. */
export async function moveWallet(
  tx: Tx,
  wallet: {
    readonly partnerId: PartnerId
    readonly walletId: WalletId
    readonly currency: Currency
    readonly amount: Micros
  },
): Promise<NumberedBalance | undefined> {
  const [row] = await tx.query<NumberedBalance>(sql`
    update wallets set balance = balance + ${wallet.amount}::bigint, entry_count = entry_count + 1
    where partner_id = ${wallet.partnerId} and id = ${wallet.walletId} and currency = ${wallet.currency}
    returning account, entry_count as number, balance as "balanceAfter"`)
  return row
}

/** Accounts that are missing. */
export async function insertMissingAccounts(
  tx: Tx,
  entries: readonly Pick<EntryToWrite, 'partnerId' | 'account' | 'kind' | 'currency'>[],
): Promise<void> {
  await tx.query(sql`
    insert into ledger_accounts (partner_id, code, kind, currency)
    select distinct partner_id, account, kind, currency
    from unnest(${plainArray(entries.map(({ partnerId }) => partnerId))}::uuid[], ${textArray(entries.map(({ account }) => account))}::text[],
                ${textArray(entries.map(({ kind }) => kind))}::text[], ${textArray(entries.map(({ currency }) => currency))}::text[])
      as e (partner_id, account, kind, currency)
    order by partner_id, account
    on conflict (partner_id, code) do nothing`)
}

/** Moves a running account of one partner, made if it is missing. */
export async function moveRunning(
  tx: Tx,
  entry: Pick<EntryToWrite, 'partnerId' | 'account' | 'kind' | 'currency' | 'amount'>,
): Promise<NumberedBalance> {
  const [row] = await tx.query<NumberedBalance>(sql`
    insert into running_accounts as r (partner_id, account, kind, currency, balance, entry_count)
    values (${entry.partnerId}, ${entry.account}, ${entry.kind}, ${entry.currency}, ${entry.amount}::bigint, 1)
    on conflict (partner_id, account) do update set balance = r.balance + excluded.balance, entry_count = r.entry_count + 1
    returning account, entry_count as number, balance as "balanceAfter"`)
  if (row === undefined) throw new Error('The statement answered with no account.')
  return row
}

export async function insertTransfersWithEntries(
  tx: Tx,
  transfers: readonly { readonly partnerId: PartnerId; readonly id: TransferId }[],
  about: { readonly kind: VoucherKind; readonly description: string; readonly actor: string },
  entries: readonly EntryToWrite[],
): Promise<void> {
  await tx.query(sql`
    with written as (
      insert into transfers (partner_id, id, kind, description, actor)
      select partner_id, id, ${about.kind}::text, ${about.description}::text, ${about.actor}::text
      from unnest(${plainArray(transfers.map(({ partnerId }) => partnerId))}::uuid[], ${plainArray(transfers.map(({ id }) => id))}::uuid[]) as t (partner_id, id)
    )
    insert into entries (partner_id, transfer_id, account, currency, amount, number, balance_after)
    select * from unnest(
      ${plainArray(entries.map(({ partnerId }) => partnerId))}::uuid[], ${plainArray(entries.map(({ transferId }) => transferId))}::uuid[],
      ${textArray(entries.map(({ account }) => account))}::text[], ${textArray(entries.map(({ currency }) => currency))}::text[],
      ${plainArray(entries.map(({ amount }) => amount))}::bigint[], ${plainArray(entries.map(({ number }) => number ?? null))}::bigint[],
      ${plainArray(entries.map(({ balanceAfter }) => balanceAfter ?? null))}::bigint[])`)
}
