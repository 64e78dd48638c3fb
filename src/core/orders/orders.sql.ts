import { plainArray, prepared, sql, textArray } from '../../platform/database.ts'
import type { Db, Statement } from '../../platform/database.ts'
import type { CodeId, DataKeyId, OrderId, PartnerId, SkuId, WalletId } from '../../values/ids.ts'
import type { Currency, Micros } from '../../values/money.ts'
import type { BatchAnswer, BatchOutcome, SealedCode } from './desk.ts'
import type { JsonValue, OrderStatus, PlaceOrder, Receipt } from './order.ts'

/** One order on its way into a batch. */
export type BatchRow = {
  readonly command: PlaceOrder
  readonly orderId: OrderId
  readonly eventId: string
  readonly requestHash: string
}

/** First a row an order, with its first code where it has one; then a row a further code, whose `outcome` is null. */
type AnswerRow = {
  readonly ordinal: number
  readonly outcome: BatchOutcome | null
  /** Both of a repeat alone. */
  readonly order_id: OrderId | null
  readonly request_hash: string | null
  readonly delivered: number
  readonly created_ms: number
  readonly code_id: CodeId | null
  readonly data_key_id: DataKeyId
  readonly ciphertext: Buffer
  readonly expires_on: string
}

/** The last code of a SKU that was sold: what is left lies behind it, as far as this process knows. */
export type StockHead = { readonly expiresOn: string; readonly id: CodeId }

/** Places a batch in one statement and its own transaction: when this returns, it is committed. An external id may stand in it once per partner. */
export async function placeBatch(
  db: Db,
  rows: readonly BatchRow[],
  heads: ReadonlyMap<SkuId, StockHead>,
): Promise<BatchAnswer[]> {
  const answers: (Omit<BatchAnswer, 'codes'> & { codes: SealedCode[] })[] = []
  for (const row of await db.query<AnswerRow>(batchStatement(rows, heads))) {
    const place = row.ordinal - 1
    const asked = rows[place]
    if (asked === undefined) throw new Error('The database answered for an order that it was not given.')
    if (row.outcome !== null) {
      answers[place] = {
        outcome: row.outcome,
        orderId: row.order_id ?? asked.orderId,
        requestHash: row.request_hash ?? asked.requestHash,
        delivered: row.delivered,
        createdAt: new Date(row.created_ms),
        codes: [],
      }
    }
    if (row.code_id !== null)
      answers[place]?.codes.push({
        id: row.code_id,
        dataKeyId: row.data_key_id,
        ciphertext: row.ciphertext,
        expiresOn: row.expires_on,
      })
  }
  return answers
}

function batchStatement(rows: readonly BatchRow[], heads: ReadonlyMap<SkuId, StockHead>): Statement {
  const wallets = new Slots<PlaceOrder>()
  const skus = new Slots<PlaceOrder>()
  const walletSlots = rows.map(({ command }) =>
    wallets.slotOf(`${command.partnerId}/${command.walletId}`, command),
  )
  const skuSlots = rows.map(({ command }) => skus.slotOf(command.skuId, command))
  const plain = (pick: (row: BatchRow) => string | number | bigint): string => plainArray(rows.map(pick))
  const text = (pick: (command: PlaceOrder) => string | null): string =>
    textArray(rows.map((row) => pick(row.command)))
  return prepared(
    'place_orders',
    sql`
    select o_ordinal as ordinal, o_outcome as outcome, o_order_id as order_id, o_request_hash as request_hash, o_delivered as delivered,
           o_created_ms as created_ms, o_code_id as code_id, o_data_key_id as data_key_id, o_ciphertext as ciphertext, o_expires_on as expires_on
    from place_orders(
      ${plain((row) => row.orderId)}::uuid[],
      ${plain((row) => row.eventId)}::uuid[],
      ${text((command) => command.externalId)}::text[],
      ${plain((row) => row.requestHash)}::uuid[],
      ${text((command) => command.dialect)}::text[],
      ${plainArray(walletSlots)}::integer[],
      ${plainArray(skuSlots)}::integer[],
      ${text((command) => command.skuName)}::text[],
      ${plain((row) => row.command.quantity)}::integer[],
      ${plain((row) => row.command.unitPrice)}::bigint[],
      ${plain((row) => row.command.faceValue)}::bigint[],
      ${text((command) => command.faceCurrency)}::text[],
      ${plain((row) => (row.command.allowPartial ? 't' : 'f'))}::boolean[],
      ${plain((row) => (row.command.canBeSupplied ? 't' : 'f'))}::boolean[],
      ${text((command) => jsonText(command.customerData))}::text[],
      ${text((command) => jsonText(command.metadata))}::text[],
      ${text((command) => jsonText(command.notes))}::text[],
      ${plainArray(wallets.firsts.map((command) => command.partnerId))}::uuid[],
      ${plainArray(wallets.firsts.map((command) => command.walletId))}::uuid[],
      ${plainArray(skus.firsts.map((command) => command.skuId))}::uuid[],
      ${plainArray(skus.firsts.map((command) => heads.get(command.skuId)?.expiresOn ?? '-infinity'))}::date[],
      ${plainArray(skus.firsts.map((command) => heads.get(command.skuId)?.id ?? leastId))}::uuid[]
    )`,
  )
}

const leastId = '00000000-0000-0000-0000-000000000000'

/** Gives every distinct key a slot, 1-based in the order of first appearance. */
class Slots<T> {
  readonly firsts: T[] = []
  readonly #slots = new Map<string, number>()

  slotOf(key: string, first: T): number {
    const known = this.#slots.get(key)
    if (known !== undefined) return known
    this.firsts.push(first)
    this.#slots.set(key, this.firsts.length)
    return this.firsts.length
  }
}

function jsonText(value: JsonValue): string | null {
  return value === undefined || value === null ? null : JSON.stringify(value)
}

export type OrderRow = {
  readonly id: OrderId
  readonly partnerId: PartnerId
  readonly externalId: string
  readonly dialect: string
  readonly walletId: WalletId
  readonly status: OrderStatus
  readonly currency: Currency
  readonly totalAmount: Micros
  readonly metadata: JsonValue
  readonly notes: JsonValue
  readonly createdAt: Date
  /** Microseconds kept, for cursors. */
  readonly createdAtText: string
  readonly completedAt: Date | null
}

export type ItemRow = {
  readonly orderId: OrderId
  readonly item: number
  readonly skuId: SkuId
  readonly skuName: string
  readonly quantity: number
  readonly delivered: number
  readonly unitPrice: Micros
  readonly status: OrderStatus
  readonly customerData: JsonValue
  readonly errorCode: string | null
  readonly receipts: readonly Receipt[] | null
}

export type CodeRow = SealedCode & { readonly orderId: OrderId; readonly item: number }

export async function selectOrder(
  db: Db,
  partnerId: PartnerId,
  orderId: OrderId,
): Promise<OrderRow | undefined> {
  const [row] = await db.query<OrderRow>(
    prepared(
      'select_order',
      sql`select ${orderColumns} from orders where partner_id = ${partnerId} and id = ${orderId}`,
    ),
  )
  return row
}

/** The order that used an external id, and the hash of what it asked for. */
export async function selectOrderByExternalId(
  db: Db,
  partnerId: PartnerId,
  externalId: string,
): Promise<{ id: OrderId; requestHash: string } | undefined> {
  const [row] = await db.query<{ id: OrderId; requestHash: string }>(
    sql`select id, request_hash as "requestHash" from orders where partner_id = ${partnerId} and external_id = ${externalId}`,
  )
  return row
}

export type OrderFilters = {
  readonly status?: OrderStatus | undefined
  readonly externalId?: string | undefined
  readonly dialect?: string | undefined
  /** Both inclusive. */
  readonly from?: Date | undefined
  readonly to?: Date | undefined
}

export type OrderPosition = {
  readonly direction: 'after' | 'before'
  readonly createdAt: string
  readonly id: string
}

/** Newest first from a position; towards newer ones (`before`) the nearest come first. */
export async function selectOrders(
  db: Db,
  partnerId: PartnerId,
  filters: OrderFilters,
  position: OrderPosition | undefined,
  limit: number,
): Promise<OrderRow[]> {
  const backwards = position?.direction === 'before'
  return db.query<OrderRow>(sql`
    select ${orderColumns} from orders
    where partner_id = ${partnerId}
      ${filters.status === undefined ? sql`` : sql`and status = ${filters.status}`}
      ${filters.externalId === undefined ? sql`` : sql`and external_id = ${filters.externalId}`}
      ${filters.dialect === undefined ? sql`` : sql`and dialect = ${filters.dialect}`}
      ${filters.from === undefined ? sql`` : sql`and created_at >= ${filters.from}`}
      ${filters.to === undefined ? sql`` : sql`and created_at < ${filters.to}::timestamptz + interval '1 second'`}
      ${position === undefined ? sql`` : backwards ? sql`and (created_at, id) > (${position.createdAt}, ${position.id})` : sql`and (created_at, id) < (${position.createdAt}, ${position.id})`}
    order by ${backwards ? sql`created_at, id` : sql`created_at desc, id desc`}
    limit ${limit}`)
}

export async function selectItems(
  db: Db,
  partnerId: PartnerId,
  orderIds: readonly OrderId[],
): Promise<ItemRow[]> {
  return db.query<ItemRow>(
    prepared(
      'select_order_items',
      sql`
      select order_id as "orderId", item, sku_id as "skuId", sku_name as "skuName", quantity, delivered, unit_price as "unitPrice", status,
             customer_data as "customerData", error_code as "errorCode", receipts
      from order_items where partner_id = ${partnerId} and order_id = any (${orderIds}) order by order_id, item`,
    ),
  )
}

export async function selectCodes(
  db: Db,
  partnerId: PartnerId,
  orderIds: readonly OrderId[],
): Promise<CodeRow[]> {
  return db.query<CodeRow>(
    prepared(
      'select_order_codes',
      sql`
      select order_id as "orderId", item, code_id as id, data_key_id as "dataKeyId", ciphertext, expires_on as "expiresOn"
      from order_codes where partner_id = ${partnerId} and order_id = any (${orderIds}) order by order_id, item, position`,
    ),
  )
}

const orderColumns = sql`
  partner_id as "partnerId", id, external_id as "externalId", dialect, wallet_id as "walletId", status, currency, total_amount as "totalAmount",
  metadata, notes, created_at as "createdAt", created_at::text as "createdAtText", completed_at as "completedAt"`
