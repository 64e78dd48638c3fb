import type { Position } from '../../platform/cursor.ts'
import { sql } from '../../platform/database.ts'
import type { Db, Tx } from '../../platform/database.ts'
import type { IdentityCheckId, IdentityDocumentId, PartnerId } from '../../values/ids.ts'
import type { Sealed } from '../keys/ring.ts'
import type { IdentityCheck, IdentityDocument, IdentityState } from './identity.ts'

/** Violates `identity_checks_open` while another one is submitted or approved. */
export async function insertCheck(
  tx: Tx,
  row: Pick<IdentityCheck, 'partnerId' | 'id' | 'kind' | 'legalName' | 'submittedBy'> & {
    readonly details: Sealed
  },
): Promise<void> {
  await tx.query(sql`
    insert into identity_checks (partner_id, id, kind, legal_name, details, data_key_id, submitted_by)
    values (${row.partnerId}, ${row.id}, ${row.kind}, ${row.legalName}, ${row.details.ciphertext}, ${row.details.dataKeyId}, ${row.submittedBy})`)
}

export async function insertDocument(
  tx: Tx,
  row: IdentityDocument & {
    readonly partnerId: PartnerId
    readonly checkId: IdentityCheckId
    readonly content: Sealed
  },
): Promise<void> {
  await tx.query(sql`
    insert into identity_documents (partner_id, id, check_id, name, media_type, size_bytes, content, data_key_id)
    values (${row.partnerId}, ${row.id}, ${row.checkId}, ${row.name}, ${row.mediaType}, ${row.sizeBytes}, ${row.content.ciphertext}, ${row.content.dataKeyId})`)
}

/** The latest of a partner. */
export async function selectLatest(db: Db, partnerId: PartnerId): Promise<IdentityCheck | undefined> {
  const [row] = await db.query<Row>(sql`
    select ${columns} from identity_checks where partner_id = ${partnerId} order by created_at desc, id desc limit 1`)
  return row === undefined ? undefined : toCheck(row)
}

export async function selectCheck(
  db: Db,
  id: IdentityCheckId,
): Promise<(IdentityCheck & { readonly details: Sealed }) | undefined> {
  const [row] = await db.query<Row & Sealed>(sql`
    select ${columns}, details as ciphertext, data_key_id as "dataKeyId" from identity_checks where id = ${id}`)
  if (row === undefined) return undefined
  const { ciphertext, dataKeyId, ...rest } = row
  return { ...toCheck(rest), details: { ciphertext, dataKeyId } }
}

/** Its row locked until the transaction ends. */
export async function lockCheck(tx: Tx, id: IdentityCheckId): Promise<IdentityCheck | undefined> {
  const [row] = await tx.query<Row>(
    sql`select ${columns} from identity_checks where id = ${id} for no key update`,
  )
  return row === undefined ? undefined : toCheck(row)
}

/** Violates `identity_checks_two_persons` when the actor submitted it. */
export async function markDecided(
  tx: Tx,
  decision: {
    readonly id: IdentityCheckId
    readonly state: Exclude<IdentityState, 'submitted'>
    readonly reason: string
    readonly actor: string
  },
): Promise<void> {
  await tx.query(sql`
    update identity_checks set state = ${decision.state}, decided_by = ${decision.actor}, reason = ${decision.reason}, decided_at = now()
    where id = ${decision.id} and state = 'submitted'`)
}

export async function selectDocuments(db: Db, checkId: IdentityCheckId): Promise<IdentityDocument[]> {
  return db.query<IdentityDocument>(sql`
    select id, name, media_type as "mediaType", size_bytes as "sizeBytes" from identity_documents where check_id = ${checkId} order by id limit 100`)
}

export async function selectContent(
  db: Db,
  id: IdentityDocumentId,
): Promise<(IdentityDocument & Sealed & { readonly partnerId: PartnerId }) | undefined> {
  const [row] = await db.query<IdentityDocument & Sealed & { partnerId: PartnerId }>(sql`
    select partner_id as "partnerId", id, name, media_type as "mediaType", size_bytes as "sizeBytes", content as ciphertext, data_key_id as "dataKeyId"
    from identity_documents where id = ${id}`)
  return row
}

export type ListedCheck = IdentityCheck & { readonly createdAtText: string }

/** Newest first from a position. */
export async function selectChecks(
  db: Db,
  state: IdentityState | undefined,
  position: Position | undefined,
  limit: number,
): Promise<ListedCheck[]> {
  const backwards = position?.direction === 'before'
  const [at = 'infinity', id = 'ffffffff-ffff-ffff-ffff-ffffffffffff'] = position?.key ?? []
  const rows = await db.query<Row & { createdAtText: string }>(sql`
    select ${columns}, created_at::text as "createdAtText" from identity_checks
    where (created_at, id) ${backwards ? sql`>` : sql`<`} (${at}::timestamptz, ${id}::uuid)
      ${state === undefined ? sql`` : sql`and state = ${state}`}
    order by ${backwards ? sql`created_at, id` : sql`created_at desc, id desc`} limit ${limit}`)
  return rows.map((row) => ({ ...toCheck(row), createdAtText: row.createdAtText }))
}

/** How many wait for a decision, and since when the oldest. */
export async function selectWaiting(
  db: Db,
): Promise<{ readonly count: bigint; readonly since: Date | null }> {
  const [row] = await db.query<{ count: bigint; since: Date | null }>(sql`
    select count(*) as count, min(created_at) as since from identity_checks where state = 'submitted'`)
  return row ?? { count: 0n, since: null }
}

type Row = Omit<IdentityCheck, 'decidedBy' | 'decidedAt'> & {
  readonly decidedBy: string | null
  readonly decidedAt: Date | null
}

function toCheck(row: Row): IdentityCheck {
  return { ...row, decidedBy: row.decidedBy ?? undefined, decidedAt: row.decidedAt ?? undefined }
}

const columns = sql`
  partner_id as "partnerId", id, kind, legal_name as "legalName", state, submitted_by as "submittedBy", decided_by as "decidedBy", reason,
  created_at as "createdAt", decided_at as "decidedAt"`
