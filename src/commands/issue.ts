import { openIssuing } from '../core/disbursements/open-issuing.ts'
import type { Log } from '../platform/log.ts'
import type { Metrics } from '../platform/metrics.ts'
import type { OpenThings } from '../platform/shutdown.ts'
import { openRenderer } from '../platform/templates.ts'
import type { Engine } from './engine.ts'

/** Starts issuing the vouchers of booked disbursements. */
export function issue(
  options: {
    readonly engine: Pick<Engine, 'database' | 'keyRing'>
    readonly metrics: Metrics
    readonly log: Log
  },
  things: OpenThings,
): void {
  const { engine, metrics, log } = options
  let issued = 0
  metrics.reading('scrip_vouchers_issued_total', 'Vouchers that disbursements issued.', () => issued, true)
  const issuing = openIssuing({
    database: engine.database,
    keyRing: engine.keyRing,
    renderer: openRenderer(),
    log,
    onIssued: (count) => void (issued += count),
  })
  things.add('disbursements', () => issuing.stop())
}
