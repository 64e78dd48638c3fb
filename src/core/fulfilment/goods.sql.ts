import { plainArray, prepared, sql } from '../../platform/database.ts'
import type { Tx } from '../../platform/database.ts'
import type { CodeId, DataKeyId, OrderId, SkuId, SupplierId } from '../../values/ids.ts'
import type { ItemKey } from './fulfilment.ts'

/** A delivered code as it is stored. */
export type SealedGoods = {
  readonly id: CodeId
  readonly fingerprint: string
  readonly dataKeyId: DataKeyId
  readonly ciphertext: Buffer
  readonly expiresOn: string
}

/** Notes the codes as known. Those that were known already, or come twice here, are left out: answers with the ids of the new ones. */
export async function insertFingerprints(
  tx: Tx,
  orderId: OrderId,
  goods: readonly SealedGoods[],
): Promise<ReadonlySet<CodeId>> {
  const rows = await tx.query<{ id: CodeId }>(
    prepared(
      'insert_supplied_fingerprints',
      sql`
      insert into code_fingerprints (fingerprint, code_id, import_id)
      select fingerprint, id, ${orderId}
      from unnest(${plainArray(goods.map((one) => one.fingerprint))}::uuid[], ${plainArray(goods.map((one) => one.id))}::uuid[]) as g (fingerprint, id)
      on conflict (fingerprint) do nothing
      returning code_id as id`,
    ),
  )
  return new Set(rows.map((row) => row.id))
}

/** The delivered codes of an item, in the order of delivery. */
export async function insertCodes(
  tx: Tx,
  { partnerId, orderId, item }: ItemKey,
  goods: readonly SealedGoods[],
): Promise<void> {
  await tx.query(
    prepared(
      'insert_supplied_codes',
      sql`
      insert into order_codes (partner_id, order_id, item, position, code_id, data_key_id, ciphertext, expires_on)
      select ${partnerId}, ${orderId}, ${item}, place, id, key, decode(text, 'hex'), expires_on
      from unnest(${plainArray(goods.map((one) => one.id))}::uuid[], ${plainArray(goods.map((one) => one.dataKeyId))}::uuid[],
                  ${plainArray(goods.map((one) => one.ciphertext.toString('hex')))}::text[],
                  ${plainArray(goods.map((one) => one.expiresOn))}::date[]) with ordinality as g (id, key, text, expires_on, place)`,
    ),
  )
}

/** Codes that came too late or once too often: known, kept aside, never sold. */
export async function insertQuarantined(
  tx: Tx,
  quarantine: { readonly skuId: SkuId; readonly orderId: OrderId; readonly note: string },
  goods: readonly SealedGoods[],
): Promise<void> {
  await tx.query(sql`
    insert into stock_withdrawn (code_id, sku_id, expires_on, data_key_id, ciphertext, import_id, reason, note, actor)
    select id, ${quarantine.skuId}, expires_on, key, decode(text, 'hex'), ${quarantine.orderId}, 'quarantine', ${quarantine.note}, 'system'
    from unnest(${plainArray(goods.map((one) => one.id))}::uuid[], ${plainArray(goods.map((one) => one.dataKeyId))}::uuid[],
                ${plainArray(goods.map((one) => one.ciphertext.toString('hex')))}::text[],
                ${plainArray(goods.map((one) => one.expiresOn))}::date[]) as g (id, key, text, expires_on)`)
}

/** A new eSIM of a partner. Its package is added apart. */
export async function insertEsim(
  tx: Tx,
  esim: ItemKey & {
    readonly iccid: string
    readonly id: string
    readonly skuId: SkuId
    readonly supplierId: SupplierId
    readonly supplierReference: string | undefined
  },
): Promise<void> {
  await tx.query(sql`
    insert into esims (partner_id, iccid, id, order_id, sku_id, supplier_id, supplier_reference)
    values (${esim.partnerId}, ${esim.iccid}, ${esim.id}, ${esim.orderId}, ${esim.skuId}, ${esim.supplierId}, ${esim.supplierReference ?? null})`)
}

/** What an order put on an eSIM. */
export async function insertEsimPackage(
  tx: Tx,
  part: ItemKey & {
    readonly iccid: string
    readonly skuId: SkuId
    readonly skuName: string
    readonly productCode: string
  },
): Promise<void> {
  await tx.query(sql`
    insert into esim_packages (partner_id, iccid, order_id, sku_id, sku_name, product_code)
    values (${part.partnerId}, ${part.iccid}, ${part.orderId}, ${part.skuId}, ${part.skuName}, ${part.productCode})`)
}
