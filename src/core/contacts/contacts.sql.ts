import { sql } from '../../platform/database.ts'
import type { Db, Tx } from '../../platform/database.ts'
import type { OrderId, PartnerId } from '../../values/ids.ts'
import type { OrderContacts } from './contact.ts'

/** What is undefined stays as it was. */
export async function upsertContacts(
  tx: Tx,
  partnerId: PartnerId,
  orderId: OrderId,
  contacts: OrderContacts,
): Promise<void> {
  await tx.query(sql`
    insert into order_contacts as c (partner_id, order_id, buyer_email, beneficiary_email, beneficiary_telephone)
    values (${partnerId}, ${orderId}, ${contacts.buyerEmail ?? null}, ${contacts.beneficiaryEmail ?? null}, ${contacts.beneficiaryTelephone ?? null})
    on conflict (partner_id, order_id) do update set
      buyer_email = coalesce(excluded.buyer_email, c.buyer_email),
      beneficiary_email = coalesce(excluded.beneficiary_email, c.beneficiary_email),
      beneficiary_telephone = coalesce(excluded.beneficiary_telephone, c.beneficiary_telephone),
      updated_at = now()`)
}

export type ContactsRow = OrderContacts & { readonly orderId: OrderId }

export async function selectContacts(
  db: Db,
  partnerId: PartnerId,
  orderIds: readonly OrderId[],
): Promise<ContactsRow[]> {
  type Row = { readonly orderId: OrderId } & { readonly [Name in keyof OrderContacts]: string | null }
  const rows = await db.query<Row>(sql`
    select order_id as "orderId", buyer_email as "buyerEmail", beneficiary_email as "beneficiaryEmail",
           beneficiary_telephone as "beneficiaryTelephone"
    from order_contacts where partner_id = ${partnerId} and order_id = any (${orderIds})`)
  return rows.map((row) => ({
    orderId: row.orderId,
    buyerEmail: row.buyerEmail ?? undefined,
    beneficiaryEmail: row.beneficiaryEmail ?? undefined,
    beneficiaryTelephone: row.beneficiaryTelephone ?? undefined,
  }))
}
