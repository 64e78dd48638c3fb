import type { Db } from '../../platform/database.ts'
import { countBreaks } from './breaks.sql.ts'
import type { FulfilmentState } from './fulfilment.ts'
import { selectOpenCounts } from './fulfilments.sql.ts'

type OpenState = Exclude<FulfilmentState, 'completed' | 'failed'>

/** What suppliers have not delivered yet, by state, and what waits for people. */
export type OpenCounts = {
  /** How many items, and how old the oldest is in seconds since its order was accepted; 0 and 0: none. */
  readonly items: Readonly<Record<OpenState, { readonly count: number; readonly oldestSeconds: number }>>
  /** Sent to a supplier and without an end for over 15 minutes. */
  readonly overdue: number
  readonly breaks: { readonly open: number; readonly proposed: number }
}

/** Counts what is open; it costs as much as there is open. */
export async function countOpen(db: Db): Promise<OpenCounts> {
  const [rows, breaks] = await Promise.all([selectOpenCounts(db, overdueSeconds), countBreaks(db)])
  const of = (state: OpenState) => {
    const row = rows.find((one) => one.state === state)
    return { count: row?.count ?? 0, oldestSeconds: row?.oldestSeconds ?? 0 }
  }
  return {
    items: {
      accepted: of('accepted'),
      dispatching: of('dispatching'),
      unknown: of('unknown'),
      pending: of('pending'),
      parked: of('parked'),
    },
    overdue: rows.filter((row) => row.state !== 'parked').reduce((sum, row) => sum + row.overdue, 0),
    breaks,
  }
}

const overdueSeconds = 900
