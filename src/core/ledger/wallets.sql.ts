import { prepared, sql } from '../../platform/database.ts'
import type { Db, Tx } from '../../platform/database.ts'
import type { PartnerId, WalletId } from '../../values/ids.ts'
import type { Currency, Micros } from '../../values/money.ts'
import type { Wallet } from './ledger.ts'

/** Locks the partner, so that its wallets are numbered one after the other, and says how it stands; undefined: there is none. */
export async function lockPartnerStatus(tx: Tx, partnerId: PartnerId): Promise<string | undefined> {
  const [row] = await tx.query<{ status: string }>(
    sql`select status from partners where id = ${partnerId} for no key update`,
  )
  return row?.status
}

/** The accounts that every wallet needs beside it; those that are there already stay. */
export async function insertAccounts(
  tx: Tx,
  partnerId: PartnerId,
  currency: Currency,
  accounts: readonly { readonly code: string; readonly kind: string }[],
): Promise<void> {
  await tx.query(sql`
    insert into ledger_accounts (partner_id, code, kind, currency)
    select ${partnerId}::uuid, code, kind, ${currency}::text
    from unnest(${accounts.map(({ code }) => code)}::text[], ${accounts.map(({ kind }) => kind)}::text[]) as account (code, kind)
    on conflict (partner_id, code) do nothing`)
}

export async function countWallets(tx: Tx, partnerId: PartnerId, currency: Currency): Promise<number> {
  const [row] = await tx.query<{ count: number }>(sql`
    select count(*)::integer as count from wallets where partner_id = ${partnerId} and currency = ${currency}`)
  return row?.count ?? 0
}

export async function clearDefault(tx: Tx, partnerId: PartnerId): Promise<void> {
  await tx.query(sql`update wallets set is_default = false where partner_id = ${partnerId} and is_default`)
}

export async function insertWallet(tx: Tx, wallet: Omit<Wallet, 'balance' | 'reserved'>): Promise<Wallet> {
  const [row] = await tx.query<Wallet>(sql`
    insert into wallets (partner_id, id, code, currency, is_default, allow_overdraft, overdraft_limit)
    values (${wallet.partnerId}, ${wallet.id}, ${wallet.code}, ${wallet.currency}, ${wallet.isDefault}, ${wallet.allowOverdraft}, ${wallet.overdraftLimit})
    returning ${columns}`)
  if (row === undefined) throw new Error('The statement answered with no wallet.')
  return row
}

export async function selectWallet(
  db: Db,
  partnerId: PartnerId,
  walletId: WalletId,
): Promise<Wallet | undefined> {
  const [row] = await db.query<Wallet>(
    prepared(
      'select_wallet',
      sql`select ${columns} from wallets where partner_id = ${partnerId} and id = ${walletId}`,
    ),
  )
  return row
}

/** The default wallet first, then by code. */
export async function selectWallets(db: Db, partnerId: PartnerId, limit: number): Promise<Wallet[]> {
  return db.query<Wallet>(sql`
    select ${columns} from wallets where partner_id = ${partnerId}
    order by is_default desc, currency, length(code), code limit ${limit}`)
}

/** Undefined: no such wallet. Violates `wallets_not_overdrawn` when more is in use than the new limit allows. */
export async function updateOverdraft(
  tx: Tx,
  partnerId: PartnerId,
  walletId: WalletId,
  overdraft: { readonly allowOverdraft: boolean; readonly overdraftLimit: Micros },
): Promise<Wallet | undefined> {
  const [row] = await tx.query<Wallet>(sql`
    update wallets set allow_overdraft = ${overdraft.allowOverdraft}, overdraft_limit = ${overdraft.overdraftLimit}
    where partner_id = ${partnerId} and id = ${walletId} returning ${columns}`)
  return row
}

const columns = sql`
  partner_id as "partnerId", id, code, currency, is_default as "isDefault", balance, reserved,
  allow_overdraft as "allowOverdraft", overdraft_limit as "overdraftLimit"`
