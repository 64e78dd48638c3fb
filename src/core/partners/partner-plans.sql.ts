import { sql } from '../../platform/database.ts'
import type { Tx } from '../../platform/database.ts'
import type { PartnerId } from '../../values/ids.ts'

/**
 * Of a partner that the caller has locked.
 *
 * @param code undefined: no plan
 * @returns the plan before; undefined if there was none
 */
export async function replacePartnerPlan(
  tx: Tx,
  partnerId: PartnerId,
  code: string | undefined,
): Promise<string | undefined> {
  const [former] = await tx.query<{ plan: string }>(
    sql`select plan from partner_plans where partner_id = ${partnerId}`,
  )
  if (code === undefined) await tx.query(sql`delete from partner_plans where partner_id = ${partnerId}`)
  else
    await tx.query(sql`
      insert into partner_plans (partner_id, plan) values (${partnerId}, ${code})
      on conflict (partner_id) do update set plan = excluded.plan, since = now()
      where partner_plans.plan <> excluded.plan`)
  return former?.plan
}
