import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SecretKey } from '../src/platform/secrets.ts'
import { freePort, startScrip } from './scrip-process.ts'
import type { ScripProcess, Settings } from './scrip-process.ts'

/** `scrip server` in a process of its own over a database that is there; it can be ended and started again on the same port. */
export type ServerProcess = {
  readonly baseUrl: string
  /** Answers when it serves. */
  start(): Promise<void>
  /** Ends it with a signal and waits until it is gone. */
  end(signal: NodeJS.Signals): Promise<void>
  close(): Promise<void>
}

/** @param more settings beside the usual ones, such as failpoints */
export async function startServerProcess(
  databaseUrl: string,
  masterKey: SecretKey,
  more: Settings = {},
): Promise<ServerProcess> {
  const dataDir = await mkdtemp(join(tmpdir(), 'scrip-server-'))
  const port = await freePort()
  const settings = {
    DATABASE_URL: databaseUrl,
    SCRIP_MASTER_KEY: masterKey.toString('base64'),
    SCRIP_DATA_DIR: dataDir,
    SCRIP_DEMO: 'false',
    PORT: String(port),
    ...more,
  }
  let running: ScripProcess | undefined
  const server: ServerProcess = {
    baseUrl: `http://127.0.0.1:${port}`,
    async start() {
      running = startScrip(['server', '--migrate'], settings)
      await running.announced
    },
    async end(signal) {
      running?.kill(signal)
      await running?.ended
    },
    async close() {
      await server.end('SIGKILL')
      await rm(dataDir, { recursive: true, force: true })
    },
  }
  await server.start()
  return server
}
