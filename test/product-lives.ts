import { setTimeout as pause } from 'node:timers/promises'
import { startScrip } from './scrip-process.ts'
import type { ScripProcess, Settings } from './scrip-process.ts'

/** A server or worker of the product that is killed and started again under the same address: one life after the other. */
export type ProductLives = {
  readonly name: string
  readonly role: 'server' | 'worker'
  readonly baseUrl: string
  /** kill -9; it stays away. */
  kill(): Promise<void>
  /** Starts it again; how long it took until it was ready, in ms. */
  startAgain(more?: Settings): Promise<number>
  /** kill -9, and started again at once; how long after the kill it served again, in ms. */
  killAndRestart(more?: Settings): Promise<number>
  freeze(forMs: number): Promise<void>
  /** Answers when its present life is over, or after so long. */
  untilGone(forMs: number): Promise<void>
  /** What all of its lives have logged. */
  log(): string
  /** Lives that ended without having been killed. */
  exits(): readonly string[]
}

export async function startProductLives(options: {
  readonly name: string
  readonly role: 'server' | 'worker'
  readonly port: number
  readonly settings: Settings
}): Promise<ProductLives> {
  const { name, role, port, settings } = options
  const baseUrl = `http://127.0.0.1:${port}`
  const logs: string[] = []
  const exits: string[] = []
  let running: ScripProcess | undefined
  let isKilling = false

  const start = (more: Settings = {}): void => {
    const env = { ...settings, ...more, ...(role === 'server' ? { PORT: String(port) } : {}) }
    const one = startScrip(role === 'server' ? ['server'] : ['worker', '--port', String(port)], env)
    running = one
    void one.ended.then((how) => {
      logs.push(one.log())
      // At a failpoint it kills itself, as it was told to.
      if (!isKilling && how !== 'SIGKILL')
        exits.push(`${name} ended by itself with ${how}: ${one.log().slice(-500)}`)
    })
  }
  const untilReady = async (): Promise<void> => {
    for (const path = '/readyz', until = Date.now() + 60_000; Date.now() < until; await pause(50)) {
      const answer = await fetch(baseUrl + path, { signal: AbortSignal.timeout(2_000) }).catch(
        () => undefined,
      )
      if (answer?.status === 200) return
    }
  }
  const lives: ProductLives = {
    name,
    role,
    baseUrl,
    async kill() {
      isKilling = true
      running?.kill('SIGKILL')
      await running?.ended
      isKilling = false
    },
    async startAgain(more) {
      const atMs = performance.now()
      start(more)
      await untilReady()
      return performance.now() - atMs
    },
    async killAndRestart(more) {
      const atMs = performance.now()
      await lives.kill()
      await lives.startAgain(more)
      return performance.now() - atMs
    },
    async freeze(forMs) {
      const one = running
      one?.kill('SIGSTOP')
      await pause(forMs)
      one?.kill('SIGCONT')
    },
    untilGone: async (forMs) => void (await Promise.race([running?.ended, pause(forMs)])),
    log: () => [...logs, running?.log() ?? ''].join(''),
    exits: () => exits,
  }
  start()
  await running?.announced
  return lives
}
