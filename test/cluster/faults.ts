import { setTimeout as pause } from 'node:timers/promises'
import type { DatabaseNode } from './database-node.ts'
import type { Episode } from './figures.ts'
import type { ClusterWorld } from './world.ts'

/** The ones that belong to every run. */
export const usualFaults = [
  'server',
  'worker',
  'leader',
  'leader-again',
  'replica',
  'freeze',
  'switchover',
] as const

/** What can be done to a cluster, in the order in which it is done: the last ones take longer, and are asked for. */
export const faultNames = [...usualFaults, 'etcd', 'silence', 'alone'] as const

export type FaultName = (typeof faultNames)[number]

type Parts = {
  readonly world: ClusterWorld
  /** Does something and notes for how long, and when the database took writes again if it says so. */
  readonly during: (what: string, act: () => Promise<number | undefined>) => Promise<void>
  /** Answers with the first order that is answered from now on. */
  readonly nextOrder: () => Promise<void>
}

async function playFault(name: FaultName, parts: Parts): Promise<void> {
  await faults[name](parts)
  await pause(calmMs)
}

const calmMs = 2_000

const faults = {
  server: ({ world, during }) =>
    during('kill -9 of one of three servers, back after 3 s', async () => {
      const server = world.servers[0]
      await server?.kill()
      await pause(3_000)
      await server?.startAgain()
      return undefined
    }),
  worker: ({ world, during }) =>
    during('kill -9 of one of two workers, back after 3 s', async () => {
      const worker = world.workers[0]
      await worker?.kill()
      await pause(3_000)
      await worker?.startAgain()
      return undefined
    }),
  leader: (parts) => failOver(parts, 'kill -9 of the leader and its Patroni', (leader) => leader.kill()),
  // Whatever a leader has answered without its replica is gone for certain.
  'leader-again': (parts) =>
    failOver(
      parts,
      'the other way round, the link to the replica silent for a second before',
      async (leader) => {
        leader.swallowLink()
        await pause(1_000)
        await leader.kill()
        await leader.renewLink()
      },
    ),
  async replica({ world, during, nextOrder }) {
    const { pair } = world
    const replica = pair.otherThan(await pair.leader())
    await during('kill -9 of the replica and its Patroni', async () => {
      await replica.kill()
      await pause(500)
      await nextOrder()
      return undefined
    })
    await comeBack(replica, { world, during })
  },
  switchover: ({ world, during, nextOrder }) =>
    during('a planned switchover', async () => {
      const { pair } = world
      const leader = await pair.leader()
      const other = pair.otherThan(leader)
      const hasMoved = untilItTakesWrites(other)
      await pair.switchOver(leader, other)
      const acceptedAtMs = await hasMoved
      await nextOrder()
      await pair.untilWhole()
      return acceptedAtMs
    }),
  etcd: ({ world, during }) =>
    during('etcd away for 25 s, which is longer than a leader lives unheard', async () => {
      await world.pair.killEtcd()
      await pause(25_000)
      world.pair.startEtcd()
      await pause(5_000)
      await world.pair.untilWhole()
      return undefined
    }),
  async freeze(parts) {
    let frozen: DatabaseNode | undefined
    await failOver(
      parts,
      'the leader hangs, and goes on when another leads',
      async (leader) => {
        frozen = leader
        await leader.freeze()
      },
      async () => frozen?.thaw(),
    )
  },
  silence: ({ world, during }) =>
    during('the link between the nodes silent for 20 s', async () => {
      const leader = await world.pair.leader()
      leader.swallowLink()
      await pause(20_000)
      await leader.renewLink()
      await world.pair.untilWhole()
      return undefined
    }),
  // What it answered while it was alone nobody else has, so nobody else may lead.
  alone: ({ world, during, nextOrder }) =>
    during(
      'the link silent for 18 s, then kill -9 of the leader that went on alone, back after 25 s',
      async () => {
        const { pair } = world
        const leader = await pair.leader()
        leader.swallowLink()
        await pause(18_000)
        await leader.kill()
        await leader.renewLink()
        await pause(25_000)
        leader.start()
        await nextOrder()
        await pair.untilWhole()
        return undefined
      },
    ),
} as const satisfies Readonly<Record<FaultName, (parts: Parts) => Promise<void>>>

/** Takes the leader away, sees that another leads and sells, and lets the former one follow it. */
async function failOver(
  { world, during, nextOrder }: Parts,
  what: string,
  takeAway: (leader: DatabaseNode) => Promise<void>,
  giveBack?: (leader: DatabaseNode) => Promise<void>,
): Promise<void> {
  const { pair } = world
  const leader = await pair.leader()
  const other = pair.otherThan(leader)
  await during(what, async () => {
    await takeAway(leader)
    const acceptedAtMs = await untilItTakesWrites(other)
    await nextOrder()
    await pause(calmMs)
    return acceptedAtMs
  })
  await comeBack(leader, { world, during }, giveBack)
}

async function comeBack(
  node: DatabaseNode,
  { world, during }: Pick<Parts, 'world' | 'during'>,
  giveBack = async (one: DatabaseNode): Promise<void> => one.start(),
): Promise<void> {
  await during('its return, until it follows synchronously again', async () => {
    await giveBack(node)
    await pause(1_000)
    await world.pair.untilWhole()
    return undefined
  })
}

/** When that was, since 1970. */
async function untilItTakesWrites(node: DatabaseNode): Promise<number> {
  for (let tries = 0; tries < 1_200; tries += 1) {
    if (await node.takesWrites()) return Date.now()
    await pause(50)
  }
  throw new Error(`${node.name} has not become the leader for a minute.`)
}

/** Plays them one after the other; what each was, and when. */
export async function playFaults(
  names: readonly FaultName[],
  parts: Pick<Parts, 'world' | 'nextOrder'> & { readonly say: (line: string) => void },
): Promise<Episode[]> {
  const episodes: Episode[] = []
  const during: Parts['during'] = async (what, act) => {
    parts.say(what)
    const fromMs = Date.now()
    const acceptedAtMs = await act()
    await pause(calmMs)
    episodes.push({ what, fromMs, toMs: Date.now(), acceptedAtMs })
  }
  for (const name of names) await playFault(name, { ...parts, during })
  return episodes
}
