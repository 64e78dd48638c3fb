import type { Database } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { newToken, sha256 } from '../../platform/secrets.ts'
import { mediaTypes, writeTable } from '../../platform/spreadsheets.ts'
import { openRenderer } from '../../platform/templates.ts'
import type { BuildId } from '../../values/ids.ts'
import type { KeyRing } from '../keys/ring.ts'
import { sendMessage } from '../messages/send-message.ts'
import { findPartner } from '../partners/find-partner.ts'
import { exportDays, partContext } from './export.ts'
import type { ReportExport, ReportFile } from './export.ts'
import { insertPart, updateFinished } from './exports.sql.ts'
import type { ReportWriter } from './writer.ts'

/** What a build needs; the writers by the names of their dialects. */
export type BuildParts = {
  readonly database: Database
  readonly keyRing: KeyRing
  readonly writers: ReadonlyMap<string, ReportWriter<Database>>
}

type Parts = Pick<BuildParts, 'database' | 'keyRing'>

/**
 * Makes the file of a report, part by part, and mails its link once it is whole; of the link's token a hash is kept. Begun twice, at the same
 * time too, it is one file and one mail: whoever is whole first. False: somebody else was.
 */
export async function buildExport(parts: BuildParts, asked: ReportExport): Promise<boolean> {
  const { database, keyRing, writers } = parts
  const { id, partnerId } = asked
  const writer = writers.get(asked.dialect)
  if (writer === undefined) throw new Error(`Nobody writes the reports of ${asked.dialect}.`)
  const { name, format, rows } = writer({ database, keyRing }, partnerId, asked.request)
  const buildId = newId<BuildId>()
  const bytes = await storeParts(parts, { id, partnerId, buildId }, writeTable(format, rows))
  const file = { id, partnerId, buildId, fileName: `${name}.${format}`, bytes }
  return finish(parts, asked, { ...file, mediaType: mediaTypes[format] })
}

/** @returns how many bytes there are */
async function storeParts(
  { database, keyRing }: Parts,
  build: Pick<ReportFile, 'id' | 'partnerId' | 'buildId'>,
  file: AsyncIterable<Uint8Array>,
): Promise<bigint> {
  let bytes = 0n
  let part = 0
  for await (const piece of inPieces(file, partBytes)) {
    const text = piece.toString('base64')
    const sealed = await keyRing.sealForPartner(build.partnerId, text, partContext(build, part))
    await insertPart(database, build, part, sealed)
    bytes += BigInt(piece.length)
    part += 1
  }
  return bytes
}

async function finish({ database, keyRing }: Parts, asked: ReportExport, file: ReportFile): Promise<boolean> {
  const token = newToken('')
  return database.inTransaction(async (tx) => {
    // A build that came second leaves its parts to the job that forgets those of no file.
    if (!(await updateFinished(tx, file, sha256(token)))) return false
    const partner = await findPartner(tx, { id: file.partnerId })
    await sendMessage(tx, keyRing, renderer, {
      partnerId: partner.id,
      channel: 'mail',
      to: partner.email,
      locale: partner.locale,
      reference: `report:${file.id}`,
      template: 'report_ready',
      facts: { report: asked.title, url: `${asked.link}?token=${token}`, days: exportDays },
    })
    return true
  })
}

/** Pieces of one size, but for the last. */
async function* inPieces(file: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Buffer> {
  let held: Uint8Array[] = []
  let length = 0
  for await (const chunk of file) {
    held.push(chunk)
    length += chunk.length
    while (length >= size) {
      const all = Buffer.concat(held)
      yield all.subarray(0, size)
      held = [all.subarray(size)]
      length -= size
    }
  }
  if (length > 0) yield Buffer.concat(held)
}

/** Sealed as Base64, a part takes a third more. */
const partBytes = 192 * 1_024
const renderer = openRenderer()
