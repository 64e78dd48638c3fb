import { sql } from '../../platform/database.ts'
import type { Db } from '../../platform/database.ts'
import type { ValidatedAccount } from './validation.ts'

export async function upsertValidation(
  db: Db,
  { partnerId, productId, account }: ValidatedAccount,
): Promise<void> {
  await db.query(sql`
    insert into account_validations (partner_id, product_id, account) values (${partnerId}, ${productId}, ${account})
    on conflict (partner_id, product_id, account) do update set validated_at = now()`)
}

export async function selectIsValid(
  db: Db,
  { partnerId, productId, account }: ValidatedAccount,
  minutes: number,
): Promise<boolean> {
  const rows = await db.query(sql`
    select validated_at from account_validations
    where partner_id = ${partnerId} and product_id = ${productId} and account = ${account}
      and validated_at > now() - make_interval(mins => ${minutes})`)
  return rows.length > 0
}

export async function deleteOld(db: Db, minutes: number, limit: number): Promise<number> {
  const [row] = await db.query<{ count: number }>(sql`
    with old as (
      select ctid from account_validations where validated_at < now() - make_interval(mins => ${minutes})
      limit ${limit}
      for update skip locked
    ), gone as (
      delete from account_validations where ctid = any (array(select ctid from old)) returning validated_at
    )
    select count(*)::integer as count from gone`)
  return row?.count ?? 0
}
