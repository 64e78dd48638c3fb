import { sql } from '../../platform/database.ts'
import type { Db, Tx } from '../../platform/database.ts'
import type { DataKeyId, PayerId } from '../../values/ids.ts'
import type { Sealed } from '../keys/ring.ts'
import type { PayerKind } from './payer.ts'

/** Somebody who pays in the buyer's place, without the settings. */
export type PayerAccount = {
  readonly id: PayerId
  readonly code: string
  readonly name: string
  readonly kind: PayerKind
  readonly connector: string
  readonly createdAt: Date
}

/** False: the code is taken. */
export async function insertPayer(
  tx: Tx,
  payer: Omit<PayerAccount, 'createdAt'> & { readonly settings: Sealed },
): Promise<boolean> {
  const rows = await tx.query(sql`
    insert into payers (id, code, name, kind, connector, settings, data_key_id)
    values (${payer.id}, ${payer.code}, ${payer.name}, ${payer.kind}, ${payer.connector}, ${payer.settings.ciphertext}, ${payer.settings.dataKeyId})
    on conflict (code) do nothing
    returning id`)
  return rows.length > 0
}

/** False: there is none of this code. */
export async function updatePayerSettings(tx: Tx, id: PayerId, settings: Sealed): Promise<boolean> {
  const rows = await tx.query(sql`
    update payers set settings = ${settings.ciphertext}, data_key_id = ${settings.dataKeyId} where id = ${id} returning id`)
  return rows.length > 0
}

/** All of them, by code: there are few. */
export async function selectPayers(db: Db): Promise<PayerAccount[]> {
  return db.query<PayerAccount>(sql`select ${columns} from payers order by code limit 1000`)
}

export async function selectPayerByCode(db: Db, code: string): Promise<PayerAccount | undefined> {
  const [row] = await db.query<PayerAccount>(sql`select ${columns} from payers where code = ${code}`)
  return row
}

export async function selectPayerKind(db: Db, id: PayerId): Promise<PayerKind | undefined> {
  const [row] = await db.query<{ kind: PayerKind }>(sql`select kind from payers where id = ${id}`)
  return row?.kind
}

export async function selectPayerSettings(
  db: Db,
  id: PayerId,
): Promise<(PayerAccount & { readonly settings: Buffer; readonly dataKeyId: DataKeyId }) | undefined> {
  const [row] = await db.query<PayerAccount & { settings: Buffer; dataKeyId: DataKeyId }>(sql`
    select ${columns}, settings, data_key_id as "dataKeyId" from payers where id = ${id}`)
  return row
}

const columns = sql`id, code, name, kind, connector, created_at as "createdAt"`
