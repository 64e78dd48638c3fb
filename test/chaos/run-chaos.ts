import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { isClean } from '../run-report.ts'
import { judgeAll } from './checker.ts'
import { openClient } from './client.ts'
import { readEvidence } from './evidence.ts'
import type { Evidence } from './evidence.ts'
import { drawFaults, kindsFor, playFaults } from './faults.ts'
import type { FaultTimes } from './faults.ts'
import { watchLocks } from './lock-watch.ts'
import { openLogFile } from './log-file.ts'
import { startLoops } from './loops.ts'
import type { Loops } from './loops.ts'
import { openOperator } from './operator.ts'
import { hasMovedSince, waitForQuiet } from './quiet.ts'
import { openRandom } from './random.ts'
import type { ChaosReport } from './report.ts'
import type { Told } from './told.ts'
import { openChaosWorld } from './world.ts'
import type { ChaosWorld } from './world.ts'

export type ChaosOptions = {
  /** About how long it takes in all; at least a minute and a half. */
  readonly minutes: number
  /** The same seed draws the same faults and the same wishes. */
  readonly seed: number
  readonly say: (line: string) => void
}

/**
 * Sells to clients of every dialect while it kills, freezes, cuts off and mistreats everything that takes part, lets it all come to rest,
 * and judges what is left by what everybody wrote down.
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const beganAtMs = performance.now()
  const folder = await mkdtemp(join(tmpdir(), 'scrip-chaos-'))
  options.say(`seed ${options.seed}, in ${folder}`)
  const world = await openChaosWorld(folder, options.seed)
  try {
    const report = await runIn(world, folder, options, beganAtMs)
    await saveLogs(world, folder)
    await world.close()
    // What is left of a run that broke nothing tells nobody anything.
    if (isClean(report)) await rm(folder, { recursive: true, force: true })
    return report
  } finally {
    await world.close()
  }
}

async function runIn(
  world: ChaosWorld,
  folder: string,
  { minutes, seed, say }: ChaosOptions,
  beganAtMs: number,
): Promise<ChaosReport> {
  const log = openLogFile<Told>(join(folder, 'told.jsonl'))
  const locks = watchLocks(world.databaseUrl)
  const operator = openOperator(world.databaseUrl, log)
  const client = openClient(
    world.servers.map(({ baseUrl }) => baseUrl),
    log,
  )
  const faults = drawFaults(seed, Math.max(15_000, minutes * 60_000 - aroundMs), kindsFor(world))
  const times: FaultTimes = {
    serverKillsMs: [],
    workerKillsMs: [],
    databaseRestartsMs: [],
    roomAgainAtMs: [],
  }
  say('everybody is there')
  const loops = startLoops({ world, client, operator, random: openRandom(seed + 1) })
  const forMs = Math.max(...faults.map((fault) => fault.atMs + fault.forMs))
  // Before the faults are over, so that what it failed last is tried again when they are.
  const behaving = pause(forMs - 15_000).then(world.receiver.behave)
  await Promise.all([playFaults(world, faults, times, say), behaving])
  await pause(2_000)
  say('the faults are over')
  await loops.stop()
  await operator.close()
  const seen = { locks: await locks.stop(), roomAgainAtMs: times.roomAgainAtMs }
  const { quiet, evidence } = await comeToRest(world, loops, { told: log.path, ...seen }, say)
  return {
    seed,
    tookMs: performance.now() - beganAtMs,
    faults,
    times,
    quiet,
    lockLooks: locks.looks(),
    diskFull: await world.countFull(),
    ...figuresOf(evidence),
    verdicts: judgeAll(evidence),
    folder,
  }
}

/**
 * Waits until nothing is to be done, has the clients read, and asks the database. What is asked again by its schedule may come to an end
 * meanwhile; then what was read here and there does not fit together, and all of it is read once more.
 */
async function comeToRest(
  world: ChaosWorld,
  loops: Loops,
  { told, ...seen }: Pick<Evidence, 'locks' | 'roomAgainAtMs'> & { readonly told: string },
  say: ChaosOptions['say'],
): Promise<{ readonly quiet: ChaosReport['quiet']; readonly evidence: Evidence }> {
  for (let round = 1; ; round += 1) {
    const quiet = await waitForQuiet(world.databaseUrl, quietMsMost)
    say(`quiet: ${quiet.left === '' ? 'yes' : quiet.left}`)
    const sinceMs = Date.now()
    await loops.readAll()
    const supplier = await world.hostile.saveBooks()
    const files = { told, received: world.receiver.logPath, supplier }
    const evidence = await readEvidence(world.databaseUrl, files, { ...seen, exits: exitsOf(world) })
    if (round === roundsMost || !(await hasMovedSince(world.databaseUrl, sinceMs))) return { quiet, evidence }
    say('something ended meanwhile: once more')
  }
}

/** Setting up, coming to rest and judging. */
const aroundMs = 85_000
const quietMsMost = 150_000
const roundsMost = 4

function exitsOf({ servers, workers }: ChaosWorld): string[] {
  return [...servers, ...workers].flatMap((one) => one.exits())
}

function figuresOf({
  told,
  received,
  supplier,
  orders,
}: Evidence): Pick<ChaosReport, 'told' | 'webhooks' | 'supplied'> {
  return {
    told,
    webhooks: {
      events: new Set(received.map(({ id }) => id)).size,
      tries: received.length,
      misled: received.filter(({ answer }) => answer !== 'taken').length,
    },
    supplied: {
      items: supplier.length,
      tries: supplier.reduce((sum, { tries }) => sum + tries, 0),
      parked: orders.filter(({ state }) => state === 'parked').length,
    },
  }
}

async function saveLogs({ servers, workers }: ChaosWorld, folder: string): Promise<void> {
  for (const one of [...servers, ...workers])
    await writeFile(join(folder, `${one.name.replace(' ', '-')}.log`), one.log())
}
