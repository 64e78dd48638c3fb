import { isDatabaseDown } from '../../platform/database.ts'
import type { Database } from '../../platform/database.ts'
import type { CallLog, FreshCall } from './call.ts'
import { insertCalls } from './calls.sql.ts'
import type { NewCallRow } from './calls.sql.ts'

export type CallLogOptions = {
  /** Told when a write failed; the calls wait for the next one. */
  readonly onError?: (error: unknown) => void
  readonly flushEveryMs?: number
  /** Calls kept in memory while the database is away; the oldest go first. */
  readonly bufferMost?: number
}

/**
 * The API log of this process: calls wait in memory for at most 200 ms or 500 of them and go to the database in one statement.
 *
 * Two limits keep it from harming what it watches. While the database is away at most 20,000 calls (or 32 MiB) wait. And of calls
 * without bodies (catalogue pages, 304s) and calls of strangers 5,000 a second are kept at the most, so that a client that polls as
 * fast as it can does not turn reads into writes. What is not kept is counted.
 */
export function openCallLog(database: Database, options: CallLogOptions = {}): CallLog {
  const { flushEveryMs = 200, bufferMost = 20_000, onError = () => undefined } = options
  let buffer: FreshCall[] = []
  let weightBytes = 0
  let dropped = 0
  let bareInWindow = 0
  let running: Promise<void> | undefined
  let closed = false

  function record(call: FreshCall): void {
    const weight = weightOf(call)
    if (closed || weight > weightMostBytes) {
      dropped += 1
      return
    }
    buffer.push(call)
    weightBytes += weight
    if (buffer.length > bufferMost || weightBytes > weightMostBytes) dropOldest()
    if (buffer.length === rowsMost) void flush()
  }

  function admitsBare(): boolean {
    bareInWindow += 1
    if (bareInWindow <= bareMost) return true
    dropped += 1
    return false
  }

  /** A tenth at once: shifting an array for each call would make an outage of the database one of ours. */
  function dropOldest(): void {
    const gone = buffer.splice(0, Math.max(1, Math.floor(buffer.length / 10)))
    dropped += gone.length
    weightBytes -= weightOfAll(gone)
  }

  async function flush(): Promise<void> {
    running ??= writeAll().finally(() => {
      running = undefined
    })
    return running
  }

  async function writeAll(): Promise<void> {
    while (buffer.length > 0) {
      const batch = buffer.splice(0, rowsMost)
      weightBytes -= weightOfAll(batch)
      const rows = batch.map(toRow)
      try {
        await insertCalls(database, rows)
      } catch (error) {
        onError(error)
        if (isDatabaseDown(error)) {
          putBack(batch)
          return
        }
        await writeOneByOne(rows)
      }
    }
  }

  function putBack(batch: readonly FreshCall[]): void {
    buffer = [...batch, ...buffer]
    weightBytes += weightOfAll(batch)
    if (buffer.length > bufferMost || weightBytes > weightMostBytes) dropOldest()
  }

  /** A call that the database will not have must not keep the others waiting for ever. */
  async function writeOneByOne(rows: readonly NewCallRow[]): Promise<void> {
    for (const row of rows) {
      try {
        await insertCalls(database, [row])
      } catch (error) {
        onError(error)
        dropped += 1
      }
    }
  }

  const bareMost = Math.ceil((barePerSecondMost * flushEveryMs) / 1_000)
  const timer = setInterval(() => {
    bareInWindow = 0
    void flush()
  }, flushEveryMs)
  timer.unref()

  return {
    record,
    admitsBare,
    dropped: () => dropped,
    flush,
    async close() {
      clearInterval(timer)
      await running
      await flush()
      closed = true
      dropped += buffer.length
      buffer = []
    },
  }
}

const rowsMost = 500
const barePerSecondMost = 5_000
const weightMostBytes = 32 * 1_048_576
const bodyLongest = 16_384
const pathLongest = 2_048
/** U+0000, and the two characters that texts are separated by on their way. */
// oxlint-disable-next-line eslint/no-control-regex -- They are what is looked for.
const unstorable = /[\u0000\u001E\u001F]/g

/** Roughly what keeping a call's bodies costs in memory. */
function weightOf({ request, response }: FreshCall): number {
  return (request?.length ?? 0) + (response?.length ?? 0)
}

function weightOfAll(calls: readonly FreshCall[]): number {
  return calls.reduce((sum, call) => sum + weightOf(call), 0)
}

function toRow(call: FreshCall): NewCallRow {
  return {
    call,
    path: storable(call.path, pathLongest),
    request: maskedBody(call, call.request),
    response: maskedBody(call, call.response),
  }
}

/** A body that cannot be masked is a fault of ours, but no reason to lose the call. */
function maskedBody({ maskBody }: FreshCall, body: string | undefined): string | undefined {
  if (body === undefined || body === 'null') return undefined
  try {
    return storable(maskBody(body), bodyLongest)
  } catch {
    return undefined
  }
}

/** Cut to `longest` characters, and without what a text of PostgreSQL cannot hold (and the two separators of the statement). */
function storable(text: string, longest: number): string {
  const cut = text.length > longest ? text.slice(0, longest) : text
  return cut.toWellFormed().replaceAll(unstorable, '\uFFFD')
}
