import { sql } from '../../platform/database.ts'
import type { Db, Tx } from '../../platform/database.ts'
import type { Plan } from './plan.ts'

type PlanRow = Omit<Plan, 'requestsPerMinute' | 'requestsPerMonth' | 'areas'> & {
  readonly requestsPerMinute: number | null
  readonly requestsPerMonth: number | null
  readonly areas: readonly string[] | null
}

/** In the order of their limits, the least first. */
export async function selectPlans(db: Db, limit: number): Promise<(Plan & { readonly partners: bigint })[]> {
  const rows = await db.query<PlanRow & { partners: bigint }>(sql`
    select ${columns}, (select count(*) from partner_plans of_it where of_it.plan = p.code) as partners
    from plans p order by requests_per_month nulls last, requests_per_minute nulls last, code limit ${limit}`)
  return rows.map((row) => ({ ...toPlan(row), partners: row.partners }))
}

export async function selectPlan(db: Db, code: string): Promise<Plan | undefined> {
  const [row] = await db.query<PlanRow>(sql`select ${columns} from plans p where code = ${code}`)
  return row === undefined ? undefined : toPlan(row)
}

export async function upsertPlan(tx: Tx, plan: Plan): Promise<void> {
  const { code, name, requestsPerMinute = null, requestsPerMonth = null, areas = null } = plan
  await tx.query(sql`
    insert into plans (code, name, requests_per_minute, requests_per_month, areas)
    values (${code}, ${name}, ${requestsPerMinute}, ${requestsPerMonth}, ${areas}::text[])
    on conflict (code) do update set name = excluded.name, requests_per_minute = excluded.requests_per_minute,
      requests_per_month = excluded.requests_per_month, areas = excluded.areas`)
}

/** Tells all processes that what they know of the callers with this plan is no longer so. */
export async function notifyPlanChanged(tx: Tx, code: string): Promise<void> {
  await tx.query(
    sql`select count(pg_notify('partner_changed', partner_id::text)) from partner_plans where plan = ${code}`,
  )
}

function toPlan({ code, name, requestsPerMinute, requestsPerMonth, areas }: PlanRow): Plan {
  return {
    code,
    name,
    requestsPerMinute: requestsPerMinute ?? undefined,
    requestsPerMonth: requestsPerMonth ?? undefined,
    areas: areas ?? undefined,
  }
}

const columns = sql`
  p.code, p.name, p.requests_per_minute as "requestsPerMinute", p.requests_per_month as "requestsPerMonth", p.areas`
