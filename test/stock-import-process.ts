import { writeSync } from 'node:fs'
import { openKeyRing } from '../src/core/keys/open-key-ring.ts'
import { importStock } from '../src/core/stock/import-stock.ts'
import type { ImportProgressReport } from '../src/core/stock/stock.ts'
import { openDatabase } from '../src/platform/database.ts'
import { parseSecretKey } from '../src/platform/secrets.ts'
import type { SkuId } from '../src/values/ids.ts'

/** What the parent gives as the one argument, in JSON. */
export type ImportProcessOrder = {
  readonly url: string
  /** 64 hex digits. */
  readonly masterKey: string
  readonly skuId: SkuId
  readonly path: string
  /** Where it says "stopped" and stands still, in the middle of what it does, until it is killed. */
  readonly stopAt: { readonly phase: ImportProgressReport['phase']; readonly done: number }
}

const order = JSON.parse(process.argv[2] ?? '') as ImportProcessOrder // The test that starts this process wrote it.
const masterKey = parseSecretKey(order.masterKey)
if (masterKey === undefined) throw new Error('The master key must be 64 hex digits.')
const database = openDatabase({ url: order.url, role: 'scrip_app' })
await importStock(database, await openKeyRing(database, masterKey), {
  skuId: order.skuId,
  path: order.path,
  actor: 'test',
  onProgress({ phase, done }) {
    if (phase !== order.stopAt.phase || done < order.stopAt.done) return
    writeSync(1, 'stopped\n')
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  },
})
