import { sql } from '../../platform/database.ts'
import type { Tx } from '../../platform/database.ts'
import type { PartnerId, TransferId, WalletId } from '../../values/ids.ts'
import type { Currency, Micros } from '../../values/money.ts'
import type { JournalKind } from './ledger.ts'

export type NewReceivableTransfer = {
  readonly partnerId: PartnerId
  readonly id: TransferId
  readonly kind: JournalKind
  readonly reference: string
  readonly description: string
  readonly actor: string
  readonly currency: Currency
  /** "lender_receivable:GBP"; its kind is what stands before the colon, as of all accounts here. */
  readonly account: string
  /** Below zero: more is owed to us. */
  readonly change: Micros
  /** Undefined: no wallet is touched. */
  readonly wallet: { readonly id: WalletId; readonly amount: Micros } | undefined
  /** The other sides, credit positive; what is nothing is left out. */
  readonly others: readonly { readonly kind: 'cash' | 'fees' | 'interest'; readonly amount: Micros }[]
}

/**
 * Writes a transfer between what is owed to us, perhaps a wallet, and accounts without numbers, all in one statement. False, and nothing
 * written: a transfer has the reference already, or there is no such wallet. Violates `wallets_not_overdrawn` when the wallet cannot pay,
 * and `running_accounts_receivable` when more would come in than is owed.
 */
export async function moveReceivable(tx: Tx, transfer: NewReceivableTransfer): Promise<boolean> {
  const { partnerId, currency, account, change, wallet } = transfer
  const others = transfer.others.filter(({ amount }) => amount !== 0n)
  const codes = others.map(({ kind }) => `${kind}:${currency}`)
  const rows = await tx.query(sql`
    with accounts as (
      insert into ledger_accounts (partner_id, code, kind, currency)
      select ${partnerId}::uuid, k.code, split_part(k.code, ':', 1), ${currency}::text
      from unnest(${[account, ...codes]}::text[]) as k (code)
      on conflict (partner_id, code) do nothing
    ), claimed as (
      insert into transfers (partner_id, id, kind, reference, description, actor)
      select ${partnerId}::uuid, ${transfer.id}::uuid, ${transfer.kind}::text, ${transfer.reference}::text, ${transfer.description}::text,
             ${transfer.actor}::text
      where ${wallet?.id ?? null}::uuid is null
        or exists (select from wallets w where w.partner_id = ${partnerId}::uuid and w.id = ${wallet?.id ?? null}::uuid)
      on conflict (partner_id, reference) where reference is not null do nothing
      returning partner_id, id
    ), paid as (
      update wallets w set balance = w.balance + ${wallet?.amount ?? 0n}::bigint, entry_count = w.entry_count + 1
      from claimed c where w.partner_id = c.partner_id and w.id = ${wallet?.id ?? null}::uuid
      returning w.account, w.balance, w.entry_count
    ), owed as (
      -- What is inserted is held against the checks even where the row is there already: nothing comes in before something was owed.
      insert into running_accounts as r (partner_id, account, kind, currency, balance, entry_count)
      select partner_id, ${account}::text, split_part(${account}::text, ':', 1), ${currency}::text, least(${change}::bigint, 0), 1
      from claimed where ${change}::bigint <> 0
      on conflict (partner_id, account) do update set balance = r.balance + ${change}::bigint, entry_count = r.entry_count + 1
      returning r.account, r.balance, r.entry_count
    )
    insert into entries (partner_id, transfer_id, account, currency, amount, number, balance_after)
    select c.partner_id, c.id, side.account, ${currency}::text, side.amount, side.number, side.balance_after
    from claimed c cross join lateral (
      select account, ${wallet?.amount ?? 0n}::bigint, entry_count, balance from paid
      union all
      select account, ${change}::bigint, entry_count, balance from owed
      union all
      select k.code, k.amount, null, null
      from unnest(${codes}::text[], ${`{${others.map(({ amount }) => amount).join(',')}}`}::bigint[]) as k (code, amount)
    ) as side (account, amount, number, balance_after)
    returning transfer_id`)
  return rows.length > 0
}
