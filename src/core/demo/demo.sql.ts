import { sql } from '../../platform/database.ts'
import type { Db, Tx } from '../../platform/database.ts'
import type { SkuId } from '../../values/ids.ts'
import type { Currency, Micros } from '../../values/money.ts'

export async function selectDoneSteps(db: Db): Promise<string[]> {
  const rows = await db.query<{ step: string }>(sql`select step from demo_steps`)
  return rows.map(({ step }) => step)
}

/** Marks a step as done by this transaction; waits for another one that is at it. @returns false if it was done before. */
export async function claimStep(tx: Tx, step: string): Promise<boolean> {
  const claimed = await tx.query(
    sql`insert into demo_steps (step) values (${step}) on conflict (step) do nothing returning step`,
  )
  return claimed.length === 1
}

export async function updateSubject(tx: Tx, step: string, subject: string): Promise<void> {
  await tx.query(sql`update demo_steps set subject = ${subject} where step = ${step}`)
}

export async function selectSubject(db: Db, step: string): Promise<string | undefined> {
  const [row] = await db.query<{ subject: string }>(sql`select subject from demo_steps where step = ${step}`)
  return row?.subject
}

export type UnstockedSku = {
  readonly id: SkuId
  readonly code: string
  readonly currency: Currency
  /** Null: the buyer names the amount. */
  readonly faceValue: Micros | null
  readonly isEsim: boolean
}

/** SKUs of which there has never been a code. */
export async function selectUnstockedSkus(db: Db): Promise<UnstockedSku[]> {
  return db.query<UnstockedSku>(sql`
    select k.id, k.code, k.currency, k.face_value as "faceValue", p.type = 'esim' as "isEsim"
    from skus k join products p on p.id = k.product_id
    where not exists (select from stock_imports i where i.sku_id = k.id)
    order by k.number`)
}
