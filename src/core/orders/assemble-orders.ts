import type { Db } from '../../platform/database.ts'
import type { PartnerId } from '../../values/ids.ts'
import type { KeyRing } from '../keys/ring.ts'
import type { SealedCode } from './desk.ts'
import { isCodeText } from './order.ts'
import type { DeliveredCode, Order, OrderItem } from './order.ts'
import { selectCodes, selectItems } from './orders.sql.ts'
import type { CodeRow, ItemRow, OrderRow } from './orders.sql.ts'

/** Orders with their items and opened codes, in the order of the rows: two more statements, however many there are. */
export async function assembleOrders(
  db: Db,
  keyRing: KeyRing,
  partnerId: PartnerId,
  rows: readonly OrderRow[],
): Promise<Order[]> {
  if (rows.length === 0) return []
  const ids = rows.map((row) => row.id)
  const [items, codes] = await Promise.all([selectItems(db, partnerId, ids), selectCodes(db, partnerId, ids)])
  const itemsOf = Map.groupBy(items, (item) => item.orderId)
  const codesOf = Map.groupBy(codes, (code) => `${code.orderId}/${code.item}`)
  return Promise.all(
    rows.map(async (row) => ({
      ...withoutNulls(row),
      items: await Promise.all(
        (itemsOf.get(row.id) ?? []).map((item) =>
          toItem(keyRing, item, codesOf.get(`${row.id}/${item.item}`) ?? []),
        ),
      ),
    })),
  )
}

/** A sold code in clear. Throws if it was not sealed for the row it stands in. */
export async function openCode(keyRing: KeyRing, sealed: SealedCode): Promise<DeliveredCode> {
  const text: unknown = JSON.parse(await keyRing.open(sealed, sealed.id))
  if (!isCodeText(text)) throw new Error(`The code ${sealed.id} has an unknown shape.`)
  return {
    id: sealed.id,
    code: text.c,
    pin: text.p,
    serial: text.s,
    url: text.u,
    lpa: text.l,
    expiresOn: sealed.expiresOn === 'infinity' ? undefined : sealed.expiresOn,
  }
}

function withoutNulls({ createdAtText: _, ...row }: OrderRow): Omit<Order, 'items'> {
  const { metadata, notes, completedAt } = row
  return {
    ...row,
    metadata: metadata ?? undefined,
    notes: notes ?? undefined,
    completedAt: completedAt ?? undefined,
  }
}

async function toItem(
  keyRing: KeyRing,
  { orderId: _, ...row }: ItemRow,
  codes: readonly CodeRow[],
): Promise<OrderItem> {
  return {
    ...row,
    customerData: row.customerData ?? undefined,
    errorCode: row.errorCode ?? undefined,
    codes: await Promise.all(codes.map((code) => openCode(keyRing, code))),
    receipts: row.receipts ?? [],
  }
}
