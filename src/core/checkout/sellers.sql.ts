import type { Position } from '../../platform/cursor.ts'
import { sql } from '../../platform/database.ts'
import type { Db, Tx } from '../../platform/database.ts'
import type { PartnerId, PayerId, SellerId } from '../../values/ids.ts'
import type { Seller } from './seller.ts'

/** Undefined, and nothing written: the wallet is none of the partner's. */
export async function insertSeller(
  tx: Tx,
  seller: Omit<Seller, 'currency' | 'createdAt'>,
): Promise<SellerId | undefined> {
  const [row] = await tx.query<{ id: SellerId }>(sql`
    insert into checkout_sellers (partner_id, id, name, wallet_id, lender_id, bank_id, least_amount, most_amount, fee_percent, fee_payer,
                                  rate_30_days, redirect_url)
    select w.partner_id, ${seller.id}::uuid, ${seller.name}::text, w.id, ${seller.lenderId ?? null}::uuid, ${seller.bankId ?? null}::uuid,
           ${seller.leastAmount}::bigint, ${seller.mostAmount}::bigint, ${seller.feePercent}::numeric / 1000000, ${seller.feePayer}::text,
           ${seller.rate}::numeric / 10000000000, ${seller.redirectUrl}::text
    from wallets w where w.partner_id = ${seller.partnerId} and w.id = ${seller.walletId}
    returning id`)
  return row?.id
}

/** False: there is no such seller of this partner. */
export async function updateSeller(
  tx: Tx,
  seller: Omit<Seller, 'walletId' | 'currency' | 'createdAt'>,
): Promise<boolean> {
  const rows = await tx.query(sql`
    update checkout_sellers
    set name = ${seller.name}, lender_id = ${seller.lenderId ?? null}, bank_id = ${seller.bankId ?? null}, least_amount = ${seller.leastAmount},
        most_amount = ${seller.mostAmount}, fee_percent = ${seller.feePercent}::numeric / 1000000, fee_payer = ${seller.feePayer},
        rate_30_days = ${seller.rate}::numeric / 10000000000, redirect_url = ${seller.redirectUrl}
    where partner_id = ${seller.partnerId} and id = ${seller.id}
    returning id`)
  return rows.length > 0
}

export async function selectSeller(db: Db, partnerId: PartnerId, id: SellerId): Promise<Seller | undefined> {
  const [row] = await db.query<SellerRow>(sql`
    select ${columns} from checkout_sellers s join wallets w on w.partner_id = s.partner_id and w.id = s.wallet_id
    where s.partner_id = ${partnerId} and s.id = ${id}`)
  return row === undefined ? undefined : toSeller(row)
}

/** As `selectSeller`, its row locked until the transaction ends: whoever changes some of it keeps what others have changed. */
export async function lockSeller(tx: Tx, partnerId: PartnerId, id: SellerId): Promise<Seller | undefined> {
  await tx.query(
    sql`select from checkout_sellers where partner_id = ${partnerId} and id = ${id} for no key update`,
  )
  return selectSeller(tx, partnerId, id)
}

/** A partner's sellers, newest first from a position, which is a seller's id. */
export async function selectSellers(
  db: Db,
  partnerId: PartnerId,
  position: Position | undefined,
  limit: number,
): Promise<Seller[]> {
  const backwards = position?.direction === 'before'
  const id = position?.key[0] ?? ''
  const rows = await db.query<SellerRow>(sql`
    select ${columns} from checkout_sellers s join wallets w on w.partner_id = s.partner_id and w.id = s.wallet_id
    where s.partner_id = ${partnerId} ${position === undefined ? sql`` : backwards ? sql`and s.id > ${id}` : sql`and s.id < ${id}`}
    order by ${backwards ? sql`s.id` : sql`s.id desc`}
    limit ${limit}`)
  return rows.map(toSeller)
}

type SellerRow = Omit<Seller, 'lenderId' | 'bankId'> & {
  readonly lenderId: PayerId | null
  readonly bankId: PayerId | null
}

function toSeller(row: SellerRow): Seller {
  return { ...row, lenderId: row.lenderId ?? undefined, bankId: row.bankId ?? undefined }
}

const columns = sql`
  s.partner_id as "partnerId", s.id, s.name, s.wallet_id as "walletId", w.currency, s.lender_id as "lenderId", s.bank_id as "bankId",
  s.least_amount as "leastAmount", s.most_amount as "mostAmount", (s.fee_percent * 1000000)::bigint as "feePercent",
  s.fee_payer as "feePayer", (s.rate_30_days * 10000000000)::bigint as rate, s.redirect_url as "redirectUrl", s.created_at as "createdAt"`
