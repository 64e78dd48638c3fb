import { setTimeout as pause } from 'node:timers/promises'
import { openDatabase, sql } from '../../src/platform/database.ts'

/** A transaction that was seen with a lock on wallets for longer than it may. */
export type LockSeen = {
  readonly pid: number
  readonly heldMs: number
  readonly state: string
  readonly query: string
}

export type LockWatch = {
  /** How often it has looked. */
  looks(): number
  stop(): Promise<readonly LockSeen[]>
}

type Holder = { readonly pid: number; readonly begun: string; readonly state: string; readonly query: string }

/** Looks twice a second, around everything that is cut, who holds wallets; one transaction that does for over 5 s is remembered. */
export function watchLocks(databaseUrl: string): LockWatch {
  const database = openDatabase({ url: databaseUrl, poolSize: 2 })
  const firstSeen = new Map<string, number>()
  const found = new Map<string, LockSeen>()
  let isOpen = true
  let looks = 0
  const watching = (async () => {
    for (; isOpen; await pause(500)) {
      // While the database itself is away nobody holds anything.
      const holders = await database.query<Holder>(holdersSql).catch(() => undefined)
      if (holders === undefined) continue
      looks += 1
      noteHolders(holders, performance.now(), firstSeen, found)
    }
  })()
  return {
    looks: () => looks,
    async stop() {
      isOpen = false
      await watching
      await database.close()
      return [...found.values()]
    },
  }
}

/** Notes who holds on, and forgets who has let go. */
export function noteHolders(
  holders: readonly Holder[],
  atMs: number,
  firstSeen: Map<string, number>,
  found: Map<string, LockSeen>,
): void {
  const names = new Set(holders.map(nameOf))
  for (const name of firstSeen.keys()) if (!names.has(name)) firstSeen.delete(name)
  for (const holder of holders) {
    const sinceMs = firstSeen.get(nameOf(holder)) ?? atMs
    firstSeen.set(nameOf(holder), sinceMs)
    const { pid, state, query } = holder
    if (atMs - sinceMs > heldMsMost) found.set(nameOf(holder), { pid, heldMs: atMs - sinceMs, state, query })
  }
}

const heldMsMost = 5_000

function nameOf({ pid, begun }: Holder): string {
  return `${pid} ${begun}`
}

/** Who waits for a lock may have it by the table's name, and not one row of it. */
const holdersSql = sql`
  select distinct a.pid, a.xact_start::text as begun, coalesce(a.state, '') as state, left(a.query, 200) as query
  from pg_locks l join pg_stat_activity a on a.pid = l.pid
  where l.relation = 'wallets'::regclass and l.granted and l.mode in ('RowShareLock', 'RowExclusiveLock', 'ExclusiveLock')
    and a.wait_event_type is distinct from 'Lock' and a.backend_type = 'client backend'`
