import { setTimeout as sleep } from 'node:timers/promises'
import { sqlState } from '../../platform/database.ts'
import type { Database, Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { ImportId, SkuId } from '../../values/ids.ts'
import { recordAudit } from '../audit/record-audit.ts'
import type { Claim } from './claim-file.ts'
import {
  deleteFingerprints,
  deleteStagedRows,
  endImport,
  insertFingerprints,
  lockImport,
  moveDuplicatesToProblems,
  moveToStock,
  preparePublishing,
  touchImport,
  tryPublishLock,
} from './imports.sql.ts'
import type { ImportProgress, Slice } from './imports.sql.ts'
import { insertMovement } from './stock.sql.ts'
import type { ImportProgressReport } from './stock.ts'

type Ended = {
  readonly state: 'published' | 'refused'
  readonly lines: number
  readonly published: number
  readonly duplicates: number
  readonly invalid: number
}

type Parts = {
  readonly claim: Pick<Claim, 'id' | 'owner'>
  readonly skuId: SkuId
  readonly order: {
    readonly skipDuplicates?: boolean
    readonly skipInvalid?: boolean
    readonly actor: string
  }
  readonly report: (progress: ImportProgressReport) => void
}

/**
 * Makes stock of a staged import, or refuses it, in one transaction: nobody ever sees a part. It goes through the lines in slices,
 * so that no single statement runs long. Waits for other imports that are being published.
 * Throws Failure unavailable if another process took the import over.
 */
export async function publishImport(database: Database, parts: Parts): Promise<Ended> {
  let attempt = 1
  for (;;) {
    try {
      const ended = await database.inTransaction((tx) => publishOnce(tx, parts))
      if (ended !== 'busy') return ended
      parts.report({ phase: 'waiting', done: 0, total: 0 })
      await touchImport(database, parts.claim.id, parts.claim.owner)
      await sleep(pollMs)
    } catch (error) {
      // A small lot with the same codes, added at this moment, stood in the way; all was rolled back.
      const mayRepeat = collisions.has(sqlState(error) ?? '')
      if (!mayRepeat || attempt >= attemptsMost) throw error
      attempt += 1
    }
  }
}

/** Ends an import without making stock of it (its file cannot be read, nobody wants to go on): its staged codes are dropped. */
export async function dropImport(
  database: Database,
  claim: Pick<Claim, 'id' | 'owner'>,
  state: 'refused' | 'abandoned',
  actor: string,
): Promise<void> {
  await database.inTransaction(async (tx) => {
    const progress = await lockImport(tx, claim.id, claim.owner)
    if (progress === undefined) return
    await dropStaged(tx, progress)
    await end(tx, claim.id, actor, { state, published: 0, duplicates: 0 })
  })
}

async function publishOnce(tx: Tx, parts: Parts): Promise<Ended | 'busy'> {
  const { claim, order } = parts
  const progress = await lockImport(tx, claim.id, claim.owner)
  if (progress === undefined)
    throw new Failure('unavailable', {
      sentence: 'Another process has taken this import over.',
      retryAfterSeconds: 10,
    })
  if (!(await tryPublishLock(tx))) return 'busy'
  await preparePublishing(tx)
  const duplicates = await claimFingerprints(tx, parts, progress)
  const invalid = Number(progress.invalid)
  const isRefused =
    (duplicates > 0 && order.skipDuplicates !== true) || (invalid > 0 && order.skipInvalid !== true)
  const published = isRefused ? 0 : await moveAllToStock(tx, parts, progress)
  if (isRefused) await undo(tx, progress)
  const state = isRefused ? 'refused' : 'published'
  await end(tx, claim.id, order.actor, { state, published, duplicates })
  return { state, lines: Number(progress.staged) + invalid, published, duplicates, invalid }
}

/** @returns how many codes are duplicates: they are listed as problems and not staged any more. */
async function claimFingerprints(tx: Tx, parts: Parts, progress: ImportProgress): Promise<number> {
  let duplicates = 0
  for (const slice of slicesOf(progress)) {
    const { rows, fresh } = await insertFingerprints(tx, progress.id, slice)
    if (fresh < rows) duplicates += await moveDuplicatesToProblems(tx, progress.id, slice)
    parts.report({ phase: 'checking', done: Number(slice.to), total: Number(progress.nextLine) })
  }
  return duplicates
}

async function moveAllToStock(tx: Tx, parts: Parts, progress: ImportProgress): Promise<number> {
  let published = 0
  for (const slice of slicesOf(progress)) {
    published += await moveToStock(tx, progress.id, parts.skuId, slice)
    parts.report({ phase: 'publishing', done: Number(slice.to), total: Number(progress.nextLine) })
  }
  if (published > 0) await insertMovement(tx, parts.skuId, published, 'import')
  return published
}

async function end(
  tx: Tx,
  id: ImportId,
  actor: string,
  ending: Parameters<typeof endImport>[2],
): Promise<void> {
  await endImport(tx, id, ending)
  const { state, ...details } = ending
  await recordAudit(tx, { actor, action: `stock_import.${state}`, subject: id, details })
}

/** The file is refused but its list of problems is kept: only what was claimed for it goes. */
async function undo(tx: Tx, progress: ImportProgress): Promise<void> {
  for (const slice of slicesOf(progress)) await deleteFingerprints(tx, progress.id, slice)
  await dropStaged(tx, progress)
}

async function dropStaged(tx: Tx, progress: ImportProgress): Promise<void> {
  for (const slice of slicesOf(progress)) await deleteStagedRows(tx, progress.id, slice)
}

function slicesOf({ nextLine }: ImportProgress): Slice[] {
  return Array.from({ length: Math.ceil(Number(nextLine) / sliceLines) }, (_, place) => {
    const from = BigInt(place * sliceLines)
    const to = from + BigInt(sliceLines)
    return { from, to: to < nextLine ? to : nextLine }
  })
}

/** Deadlock, and a lock not given in time. */
const collisions = new Set(['40P01', '55P03'])
const attemptsMost = 5
const sliceLines = 20_000
const pollMs = 250
