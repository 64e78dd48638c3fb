import { setTimeout as pause } from 'node:timers/promises'
import { startScrip } from '../scrip-process.ts'
import type { ScripProcess, Settings } from '../scrip-process.ts'
import { startTcpProxy } from '../tcp-proxy.ts'
import type { TcpProxy } from '../tcp-proxy.ts'

/** One process of the product, with its own way to the database, and all that can be done to it. */
export type ProductProcess = {
  readonly name: string
  readonly role: 'server' | 'worker'
  readonly baseUrl: string
  readonly proxy: TcpProxy
  /** kill -9, and started again at once; how long after the kill it served again, in ms. */
  killAndRestart(more?: Settings): Promise<number>
  freeze(forMs: number): Promise<void>
  /** Answers when its present life is over, or after so long. */
  untilGone(forMs: number): Promise<void>
  /** What all of its lives have logged. */
  log(): string
  /** Lives that ended without having been killed. */
  exits(): readonly string[]
  close(): Promise<void>
}

export async function startProduct(options: {
  readonly name: string
  readonly role: 'server' | 'worker'
  readonly port: number
  readonly databaseUrl: string
  readonly settings: Settings
}): Promise<ProductProcess> {
  const { name, role, port, databaseUrl, settings } = options
  const proxy = await startTcpProxy(databaseUrl)
  const baseUrl = `http://127.0.0.1:${port}`
  const logs: string[] = []
  const exits: string[] = []
  let running: ScripProcess | undefined
  let isKilling = false

  const start = (more: Settings = {}): void => {
    const env = {
      ...settings,
      DATABASE_URL: proxy.url,
      ...more,
      ...(role === 'server' ? { PORT: String(port) } : {}),
    }
    const one = startScrip(role === 'server' ? ['server'] : ['worker', '--port', String(port)], env)
    running = one
    void one.ended.then((how) => {
      logs.push(one.log())
      // At a failpoint it kills itself, as it was told to.
      if (!isKilling && how !== 'SIGKILL')
        exits.push(`${name} ended by itself with ${how}: ${one.log().slice(-500)}`)
    })
  }
  const kill = async (): Promise<void> => {
    isKilling = true
    running?.kill('SIGKILL')
    await running?.ended
    isKilling = false
  }
  const untilReady = async (): Promise<void> => {
    for (const path = '/readyz', until = Date.now() + 60_000; Date.now() < until; await pause(50)) {
      const answer = await fetch(baseUrl + path, { signal: AbortSignal.timeout(2_000) }).catch(
        () => undefined,
      )
      if (answer?.status === 200) return
    }
  }
  start()
  await running?.announced
  return {
    name,
    role,
    baseUrl,
    proxy,
    async killAndRestart(more) {
      const atMs = performance.now()
      await kill()
      start(more)
      await untilReady()
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
    async close() {
      await kill()
      await proxy.close()
    },
  }
}
