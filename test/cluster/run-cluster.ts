import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { judgeAll } from '../chaos/checker.ts'
import { openClient } from '../chaos/client.ts'
import { readEvidence } from '../chaos/evidence.ts'
import { openLogFile } from '../chaos/log-file.ts'
import type { LogFile } from '../chaos/log-file.ts'
import { waitForQuiet } from '../chaos/quiet.ts'
import { openRandom } from '../chaos/random.ts'
import type { Told } from '../chaos/told.ts'
import { isClean } from '../run-report.ts'
import type { Verdict } from '../run-report.ts'
import { runScrip } from '../scrip-process.ts'
import { startBuyers } from './buyers.ts'
import type { RunAs } from './daemon.ts'
import { playFaults } from './faults.ts'
import type { FaultName } from './faults.ts'
import { figuresOf } from './figures.ts'
import type { Programs } from './programs.ts'
import { judgeAnswers } from './report.ts'
import type { ClusterReport } from './report.ts'
import { openClusterWorld } from './world.ts'
import type { ClusterWorld } from './world.ts'

export type ClusterOptions = {
  readonly programs: Programs
  readonly runAs: RunAs | undefined
  readonly seed: number
  readonly clients: number
  readonly faults: readonly FaultName[]
  readonly isSynchronous: boolean
  readonly hasPooler: boolean
  readonly say: (line: string) => void
}

/** Sells through HAProxy while it takes away one part of the cluster after the other, and judges what is left on the last leader. */
export async function runCluster(options: ClusterOptions): Promise<ClusterReport> {
  const { seed, say } = options
  const beganAtMs = performance.now()
  say(`seed ${seed}`)
  const world = await openClusterWorld(options)
  try {
    const report = await runIn(world, options, beganAtMs)
    for (const one of [...world.servers, ...world.workers])
      await writeFile(join(world.folder, `${one.name.replace(' ', '-')}.log`), one.log())
    await world.close()
    // What is left of a run that broke nothing tells nobody anything.
    if (isClean(report)) await rm(world.folder, { recursive: true, force: true })
    return report
  } finally {
    await world.close()
  }
}

async function runIn(
  world: ClusterWorld,
  { seed, clients, faults, isSynchronous, hasPooler, say }: ClusterOptions,
  beganAtMs: number,
): Promise<ClusterReport> {
  const { databaseUrl, settings, shop } = world
  const log = openHeardLog(join(world.folder, 'told.jsonl'))
  const client = openClient([world.baseUrl], log)
  say(`three servers, two workers, two databases and HAProxy are there, in ${world.folder}`)
  const buyers = startBuyers({ shop, client, random: openRandom(seed), clients })
  const calm = { what: 'nothing, for comparison', fromMs: Date.now(), toMs: Date.now() + calmMs }
  await pause(calmMs)
  const episodes = [calm, ...(await playFaults(faults, { world, nextOrder: log.nextOrder, say }))]
  world.receiver.behave()
  await pause(2_000)
  await buyers.stop()
  say('nobody buys any more')
  const quiet = await waitForQuiet(databaseUrl, quietMsMost)
  await buyers.readAll()
  say('everything was asked about once more')
  const files = {
    told: log.path,
    received: world.receiver.logPath,
    supplier: await world.hostile.saveBooks(),
  }
  const exits = [...world.servers, ...world.workers].flatMap((one) => one.exits())
  const evidence = await readEvidence(databaseUrl, files, { locks: [], exits, roomAgainAtMs: [] })
  const figures = episodes.map((episode) => ({ ...episode, ...figuresOf(evidence.told, episode) }))
  return {
    seed,
    clients,
    isSynchronous,
    hasPooler,
    tookMs: performance.now() - beganAtMs,
    episodes: figures,
    told: evidence.told,
    webhooks: new Set(evidence.received.map(({ id }) => id)).size,
    supplied: evidence.supplier.length,
    quiet,
    verdicts: [
      ...judgeAll(evidence).filter(({ promise }) => promise !== 'P12'),
      judgeAnswers(figures),
      await judgeCommand('scrip ledger check', settings),
      await judgeCommand('scrip stock check', settings),
    ],
    folder: world.folder,
  }
}

const calmMs = 8_000
const quietMsMost = 90_000

/** A log that also tells when the next order is answered. */
function openHeardLog(path: string): LogFile<Told> & { nextOrder(): Promise<void> } {
  const file = openLogFile<Told>(path)
  let waiting: (() => void)[] = []
  return {
    path,
    write(told) {
      file.write(told)
      if (told.turn !== 'first' || told.outcome !== 'done') return
      for (const tell of waiting) tell()
      waiting = []
    },
    nextOrder: () => new Promise((resolve) => waiting.push(resolve)),
  }
}

async function judgeCommand(command: string, settings: ClusterWorld['settings']): Promise<Verdict> {
  const { code, out, err } = await runScrip(command.split(' ').slice(1), settings)
  return {
    promise: command,
    what: 'finds nothing wrong on the leader',
    broken: code === 0 ? [] : [`ended with ${code}: ${out}${err}`],
  }
}
