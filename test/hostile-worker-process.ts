import { writeSync } from 'node:fs'
import { openFulfilment } from '../src/core/fulfilment/open-fulfilment.ts'
import { openKeyRing } from '../src/core/keys/open-key-ring.ts'
import { openDatabase } from '../src/platform/database.ts'
import { openLog } from '../src/platform/log.ts'
import { parseSecretKey } from '../src/platform/secrets.ts'
import { hostilePaces, hostileTerms, openHostileBook } from './hostile-world.ts'

/** What the parent gives as the one argument, in JSON. SCRIP_FAILPOINTS says where it dies or stands still. */
export type HostileWorkerOrder = {
  readonly url: string
  /** 64 hex digits. */
  readonly masterKey: string
  readonly leaseMs: number
  readonly concurrency: number
}

// A worker that asks the suppliers of a hostile world, in a process of its own that may be killed. It says "working" and runs until it is.
const order = JSON.parse(process.argv[2] ?? '') as HostileWorkerOrder // The test that starts this process wrote it.
const masterKey = parseSecretKey(order.masterKey)
if (masterKey === undefined) throw new Error('The master key must be 64 hex digits.')
const database = openDatabase({ url: order.url, role: 'scrip_app' })
const keyRing = await openKeyRing(database, masterKey)
const { book } = await openHostileBook(database, keyRing, hostileTerms)
openFulfilment({
  database,
  keyRing,
  book,
  log: openLog('warn'),
  paces: hostilePaces,
  pollMs: 25,
  leaseMs: order.leaseMs,
  concurrency: order.concurrency,
})
writeSync(1, 'working\n')
