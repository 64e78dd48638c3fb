import { sqlState } from '../../platform/database.ts'
import type { Database, Tx } from '../../platform/database.ts'
import type { KeyRing } from '../keys/ring.ts'
import { claimStep, selectDoneSteps } from './demo.sql.ts'
import { listSteps } from './list-steps.ts'
import type { DemoStep } from './list-steps.ts'
import type { DemoProgress, DemoWorld } from './world.ts'

/**
 * Fills an empty sandbox: catalogue, rates, prices, stock, a funded partner. Each step is one transaction that also marks it as done,
 * so a start that was cut short is completed by the next, several processes may start at once, and on a full database nothing
 * happens. Answers with the partner's keys if this call made them, else with undefined; lost ones are replaced by `issueDemoKeys`.
 */
export async function createDemoWorld(
  database: Database,
  keyRing: KeyRing,
  options: { readonly onProgress?: ((progress: DemoProgress) => void) | undefined } = {},
): Promise<DemoWorld | undefined> {
  const steps = listSteps(keyRing)
  const doneBefore = new Set(await selectDoneSteps(database))
  let world: DemoWorld | undefined
  for (const [place, step] of steps.entries()) {
    if (doneBefore.has(step.name)) continue
    world = (await takeStep(database, step)) ?? world
    options.onProgress?.({ step: step.name, done: place + 1, total: steps.length })
  }
  return world
}

async function takeStep(database: Database, step: DemoStep): Promise<DemoWorld | undefined> {
  const work = step.prepare()
  const claimAndWork = async (tx: Tx): Promise<DemoWorld | undefined> => {
    const isOurs = await claimStep(tx, step.name)
    return isOurs ? work(tx) : undefined
  }
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await database.inTransaction(claimAndWork)
    } catch (error) {
      // Another process is at this step for longer than a session waits for a lock.
      if (sqlState(error) !== lockNotAvailable || attempt === attemptsMost) throw error
    }
  }
}

const lockNotAvailable = '55P03'
const attemptsMost = 12
