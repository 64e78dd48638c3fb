import { sql } from '../../platform/database.ts'
import type { Db } from '../../platform/database.ts'

/** What `checkStock` proves, a statement each. */
export type StockCheckName = keyof typeof offenders

/** Up to `limit` ids of what breaks a rule, in no order. */
export async function selectOffenders(db: Db, name: StockCheckName, limit: number): Promise<string[]> {
  const rows = await db.query<{ offender: string }>(
    sql`select id::text as offender from (${offenders[name]}) o limit ${limit}`,
  )
  return rows.map((row) => row.offender)
}

/** Each code where it is and each fingerprint, to be grouped by the code's id. Sold codes belong to the orders; they are only read here. */
const codesAndFingerprints = sql`
  select id, 1 as places, 0 as fingerprints from stock_codes
  union all select code_id, 1, 0 from order_codes
  union all select code_id, 1, 0 from stock_withdrawn
  union all select code_id, 0, 1 from code_fingerprints`

/**
 * Nothing here shares a line with the code that writes. Each statement sees one moment, so it may run beside sales and imports. The
 * large tables are grouped, not joined: a join that is planned right after a large import, without statistics, may never end.
 */
const offenders = {
  movements_match_stock: sql`
    select id
    from (
      select sku_id as id, change from stock_movements
      union all select sku_id, -count(*) from stock_codes group by sku_id
    ) m
    group by id having sum(change) <> 0`,

  codes_have_one_fingerprint: sql`
    select id from (${codesAndFingerprints}) k group by id having sum(places) > 0 and sum(fingerprints) <> 1`,

  codes_are_in_one_place: sql`select id from (${codesAndFingerprints}) k group by id having sum(places) > 1`,

  fingerprints_have_codes: sql`
    select id from (${codesAndFingerprints}) k group by id having sum(places) = 0`,

  imports_match_codes: sql`
    select i.id
    from stock_imports i
    left join (select import_id, count(*) as count from code_fingerprints group by import_id) f on f.import_id = i.id
    where i.rows_published <> coalesce(f.count, 0) or (i.state <> 'published' and f.count > 0)`,

  nothing_left_staged: sql`
    select distinct r.import_id as id
    from stock_import_rows r left join stock_imports i on i.id = r.import_id
    where i.state is distinct from 'staging'`,
}
