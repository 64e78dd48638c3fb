import { setImmediate as yieldToEvents } from 'node:timers/promises'
import type { CsvBlock, CsvFile } from '../../platform/csv.ts'
import type { Database } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { KeyRing } from '../keys/ring.ts'
import type { Claim } from './claim-file.ts'
import { insertStagedChunk, selectImport } from './imports.sql.ts'
import type { StagedChunk } from './imports.sql.ts'
import { sealCode } from './seal-code.ts'
import { selectToday } from './stock.sql.ts'
import { parseCodeRow } from './stock.ts'
import type { ColumnPlaces, ImportProgressReport, StockSku } from './stock.ts'

type Parts = {
  readonly sku: StockSku
  readonly file: CsvFile
  readonly places: ColumnPlaces
  readonly claim: Claim
  readonly report: (progress: ImportProgressReport) => void
}

/**
 * Stores the file's codes, sealed, from where the import stands to its end; each chunk moves the checkpoint. While the
 * database stores one chunk the next is sealed. Throws Failure invalid_file, and unavailable if another process took the import over.
 *
 * @returns how many lines the import has in all
 */
export async function stageFile(
  database: Database,
  keyRing: KeyRing,
  parts: Parts,
): Promise<{ readonly lines: number }> {
  const { file, claim, report } = parts
  const today = await selectToday(database)
  let from = claim.position.line
  let storing: Promise<void> = Promise.resolve()
  try {
    for await (const block of file.blocks(claim.position, chunkRows)) {
      const chunk = await sealChunk(keyRing, parts, block, from, today)
      await storing
      storing = store(database, claim, chunk)
      from = block.next.line
      report({ phase: 'staging', done: block.next.offset, total: file.bytes })
    }
  } finally {
    // Whatever ended the loop, the chunk under way must not go on alone; its own failure is told below.
    await storing.catch(() => undefined)
  }
  await storing
  const staged = await selectImport(database, claim.id)
  return { lines: Number(staged?.lines ?? 0n) }
}

async function sealChunk(
  keyRing: KeyRing,
  parts: Parts,
  block: CsvBlock,
  fromLine: number,
  today: string,
): Promise<StagedChunk> {
  const codes: StagedChunk['codes'][number][] = []
  const invalid: StagedChunk['invalid'][number][] = []
  for (const [place, { line, fields }] of block.rows.entries()) {
    const code = parseCodeRow(fields, parts.places, today)
    if (typeof code === 'string') invalid.push({ line, detail: code })
    else codes.push({ line, ...sealCode(keyRing, parts.sku, code) })
    // The chunk before this one is still on its way to the database, which needs the event loop.
    if (place % rowsBetweenYields === 0) await yieldToEvents()
  }
  return { codes, invalid, fromLine, nextLine: block.next.line, nextOffset: block.next.offset }
}

async function store(database: Database, claim: Claim, chunk: StagedChunk): Promise<void> {
  if (await insertStagedChunk(database, claim.id, claim.owner, chunk)) return
  throw new Failure('unavailable', {
    sentence: 'Another process has taken this import over.',
    retryAfterSeconds: 10,
  })
}

const chunkRows = 5_000
const rowsBetweenYields = 250
