import type { Position } from '../../platform/cursor.ts'
import { sql } from '../../platform/database.ts'
import type { Db, Statement, Tx } from '../../platform/database.ts'
import type { BankAccountId, FundingId, PartnerId, WalletId } from '../../values/ids.ts'
import type { Currency, Micros } from '../../values/money.ts'
import { likenessLeast } from './funding.ts'
import type { BankAccount, DedicatedAccount, Funding, FundingState, ReceivingAccount } from './funding.ts'

export async function insertReceivingAccount(
  tx: Tx,
  account: Omit<ReceivingAccount, 'createdAt' | 'retiredAt'> & { readonly actor: string },
): Promise<void> {
  await tx.query(sql`
    insert into receiving_accounts (id, currency, bank_name, account_name, account_number, bank_code, actor)
    values (${account.id}, ${account.currency}, ${account.bankName}, ${account.accountName}, ${account.accountNumber}, ${account.bankCode}, ${account.actor})`)
}

/** False: there is none that is open. */
export async function markRetired(tx: Tx, id: BankAccountId): Promise<boolean> {
  const rows = await tx.query(
    sql`update receiving_accounts set retired_at = now() where id = ${id} and retired_at is null returning id`,
  )
  return rows.length > 0
}

type ReceivingRow = Omit<ReceivingAccount, 'retiredAt'> & { readonly retiredAt: Date | null }

/** Those that are open first, by currency, the newest first. */
export async function selectReceivingAccounts(db: Db, limit: number): Promise<ReceivingAccount[]> {
  const rows = await db.query<ReceivingRow>(sql`
    select ${accountColumns}, id, currency, created_at as "createdAt", retired_at as "retiredAt" from receiving_accounts
    order by retired_at is not null, currency, id desc limit ${limit}`)
  return rows.map((row) => ({ ...row, retiredAt: row.retiredAt ?? undefined }))
}

/** The newest open one of a currency. */
export async function selectAccountFor(
  db: Db,
  currency: Currency,
): Promise<(BankAccount & { readonly id: BankAccountId }) | undefined> {
  const [row] = await db.query<BankAccount & { id: BankAccountId }>(sql`
    select ${accountColumns}, id from receiving_accounts where currency = ${currency} and retired_at is null order by id desc limit 1`)
  return row
}

/** Violates `dedicated_accounts_number` when the number is another wallet's. */
export async function replaceDedicatedAccount(
  tx: Tx,
  account: Omit<DedicatedAccount, 'createdAt'> & { readonly actor: string },
): Promise<void> {
  const { partnerId, walletId } = account
  await tx.query(sql`
    update dedicated_accounts set ended_at = now() where partner_id = ${partnerId} and wallet_id = ${walletId} and ended_at is null`)
  await tx.query(sql`
    insert into dedicated_accounts (partner_id, id, wallet_id, currency, bank_name, account_name, account_number, bank_code, actor)
    values (${partnerId}, ${account.id}, ${walletId}, ${account.currency}, ${account.bankName}, ${account.accountName}, ${account.accountNumber},
            ${account.bankCode}, ${account.actor})`)
}

/** Whether a number is one of our own accounts, or was ever the account of another wallet. Money to it would be counted as this wallet's. */
export async function isNumberTaken(
  db: Db,
  accountNumber: string,
  wallet: { readonly partnerId: PartnerId; readonly walletId: WalletId },
): Promise<boolean> {
  const taken = await db.query(sql`
    select from receiving_accounts where ${isAlike(accountNumber)}
    union all
    select from dedicated_accounts
    where ${isAlike(accountNumber)} and not (partner_id = ${wallet.partnerId} and wallet_id = ${wallet.walletId})
    union all
    select from bank_lines where account = ${accountNumber} and partner_id <> ${wallet.partnerId}
    limit 1`)
  return taken.length > 0
}

/** Whether a number was ever the account of a wallet. */
export async function isNumberDedicated(db: Db, accountNumber: string): Promise<boolean> {
  const taken = await db.query(sql`select from dedicated_accounts where ${isAlike(accountNumber)} limit 1`)
  return taken.length > 0
}

/** That a number may be another spelling of this one in a statement: the same likeness as in `knownAccount`. */
function isAlike(accountNumber: string): Statement {
  return sql`(account_number = ${accountNumber} or (
    least(length(account_number), length(${accountNumber}::text)) >= ${likenessLeast}
    and (right(account_number, length(${accountNumber}::text)) = ${accountNumber} or right(${accountNumber}::text, length(account_number)) = account_number)))`
}

export async function selectDedicatedAccounts(
  db: Db,
  partnerId: PartnerId,
  limit: number,
): Promise<DedicatedAccount[]> {
  return db.query<DedicatedAccount>(sql`
    select ${accountColumns}, partner_id as "partnerId", id, wallet_id as "walletId", currency, created_at as "createdAt"
    from dedicated_accounts where partner_id = ${partnerId} and ended_at is null order by id limit ${limit}`)
}

/** Whose accounts these are, by number: those that ended, too, for money goes on coming. The latest owner of a number counts. */
export async function selectDedicatedByNumber(
  db: Db,
  numbers: readonly string[],
): Promise<{ number: string; currency: Currency; partnerId: PartnerId; walletId: WalletId }[]> {
  return db.query(sql`
    select distinct on (account_number) account_number as number, currency, partner_id as "partnerId", wallet_id as "walletId"
    from dedicated_accounts where account_number = any (${numbers}::text[]) order by account_number, id desc`)
}

/** The numbers of all our accounts, those that are closed, too. */
export async function selectKnownNumbers(db: Db, limit: number): Promise<string[]> {
  const rows = await db.query<{ number: string }>(sql`
    select account_number as number from receiving_accounts union select account_number from dedicated_accounts limit ${limit}`)
  return rows.map(({ number }) => number)
}

export type NewFunding = Pick<
  Funding,
  'partnerId' | 'id' | 'walletId' | 'reference' | 'paymentReference' | 'amount' | 'currency'
> & { readonly accountId: BankAccountId; readonly actor: string; readonly daysOpen: number }

/** False, and nothing written: the partner has used the reference before. */
export async function insertFunding(tx: Tx, funding: NewFunding): Promise<boolean> {
  const rows = await tx.query(sql`
    insert into funding_requests (partner_id, id, wallet_id, reference, payment_reference, amount, currency, account_id, actor, expires_at)
    values (${funding.partnerId}, ${funding.id}, ${funding.walletId}, ${funding.reference}, ${funding.paymentReference}, ${funding.amount},
            ${funding.currency}, ${funding.accountId}, ${funding.actor}, now() + make_interval(days => ${funding.daysOpen}::integer))
    on conflict (partner_id, reference) do nothing returning id`)
  return rows.length > 0
}

export async function selectFunding(
  db: Db,
  partnerId: PartnerId,
  reference: string,
): Promise<Funding | undefined> {
  const [row] = await db.query<Funding>(
    sql`select ${fundingColumns} where f.partner_id = ${partnerId} and f.reference = ${reference}`,
  )
  return row
}

export type FundingTarget = {
  readonly id: FundingId
  readonly partnerId: PartnerId
  readonly walletId: WalletId
  readonly currency: Currency
  readonly paymentReference: string
  readonly state: FundingState
}

/** What transfers with these payment references are for. */
export async function selectTargets(db: Db, paymentReferences: readonly string[]): Promise<FundingTarget[]> {
  return db.query<FundingTarget>(sql`
    select id, partner_id as "partnerId", wallet_id as "walletId", currency, payment_reference as "paymentReference", state
    from funding_requests where payment_reference = any (${paymentReferences}::text[])`)
}

export type ListedFunding = Funding & { readonly createdAtText: string }

/** Newest first from a position. */
export async function selectFundings(
  db: Db,
  partnerId: PartnerId,
  position: Position | undefined,
  limit: number,
): Promise<ListedFunding[]> {
  const backwards = position?.direction === 'before'
  const [at = 'infinity', id = 'ffffffff-ffff-ffff-ffff-ffffffffffff'] = position?.key ?? []
  return db.query<ListedFunding>(sql`
    select ${fundingColumns} where f.partner_id = ${partnerId}
      and (f.created_at, f.id) ${backwards ? sql`>` : sql`<`} (${at}::timestamptz, ${id}::uuid)
    order by ${backwards ? sql`f.created_at, f.id` : sql`f.created_at desc, f.id desc`} limit ${limit}`)
}

/** False: it is not pending, or not there. */
export async function markFundingCancelled(
  tx: Tx,
  partnerId: PartnerId,
  reference: string,
): Promise<boolean> {
  const rows = await tx.query(sql`
    update funding_requests set state = 'cancelled' where partner_id = ${partnerId} and reference = ${reference} and state = 'pending' returning id`)
  return rows.length > 0
}

/** Adds money that has come for it, whatever has become of it. Answers with its reference. */
export async function addFunded(
  tx: Tx,
  partnerId: PartnerId,
  id: FundingId,
  amount: Micros,
): Promise<string | undefined> {
  const [row] = await tx.query<{ reference: string }>(sql`
    update funding_requests
    set state = 'funded', funded_amount = funded_amount + ${amount}::bigint, funded_at = coalesce(funded_at, now())
    where partner_id = ${partnerId} and id = ${id} returning reference`)
  return row?.reference
}

const accountColumns = sql`
  bank_name as "bankName", account_name as "accountName", account_number as "accountNumber", bank_code as "bankCode"`

const fundingColumns = sql`
  f.partner_id as "partnerId", f.id, f.wallet_id as "walletId", f.reference, f.payment_reference as "paymentReference", f.amount, f.currency,
  case when f.state = 'pending' and f.expires_at <= now() then 'expired' else f.state end as state, f.funded_amount as "fundedAmount",
  jsonb_build_object('bankName', a.bank_name, 'accountName', a.account_name, 'accountNumber', a.account_number, 'bankCode', a.bank_code) as account,
  f.created_at as "createdAt", f.created_at::text as "createdAtText", f.expires_at as "expiresAt"
  from funding_requests f join receiving_accounts a on a.id = f.account_id`
