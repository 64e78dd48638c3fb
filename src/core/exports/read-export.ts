import type { Db } from '../../platform/database.ts'
import type { KeyRing } from '../keys/ring.ts'
import { partContext } from './export.ts'
import type { ReportFile } from './export.ts'
import { selectPart } from './exports.sql.ts'

/** The bytes of a file, a part in memory at a time. */
export async function* readExport(db: Db, keyRing: KeyRing, file: ReportFile): AsyncGenerator<Buffer> {
  let left = file.bytes
  for (let part = 0; left > 0n; part += 1) {
    const sealed = await selectPart(db, file, part)
    if (sealed === undefined) throw new Error(`The report ${file.id} lacks its part ${part}.`)
    const bytes = Buffer.from(await keyRing.open(sealed, partContext(file, part)), 'base64')
    left -= BigInt(bytes.length)
    yield bytes
  }
}
