import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SecretKey } from '../src/platform/secrets.ts'

/** The product's own server, in a process of its own, over a database that is there. */
export type Product = { readonly baseUrl: string; stop(): Promise<void> }

export async function startProduct(databaseUrl: string, masterKey: SecretKey): Promise<Product> {
  const dataDir = await mkdtemp(join(tmpdir(), 'scrip-bench-product-'))
  const port = 20_000 + Math.floor(Math.random() * 20_000)
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, '../bin/scrip.js'), 'server', '--migrate'],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...process.env,
        DATABASE_URL: databaseUrl,
        SCRIP_MASTER_KEY: masterKey.toString('base64'),
        SCRIP_DATA_DIR: dataDir,
        SCRIP_LOG_LEVEL: 'warn',
        SCRIP_DEMO: 'false',
        PORT: String(port),
      },
    },
  )
  const baseUrl = `http://127.0.0.1:${port}`
  await untilReady(baseUrl)
  return {
    baseUrl,
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await ended
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

async function untilReady(baseUrl: string): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    const ready = await fetch(`${baseUrl}/readyz`).then(
      (response) => response.ok,
      () => false,
    )
    if (ready) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('The server did not become ready.')
}
