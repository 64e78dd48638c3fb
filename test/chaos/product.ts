import { startProductLives } from '../product-lives.ts'
import type { ProductLives } from '../product-lives.ts'
import type { Settings } from '../scrip-process.ts'
import { startTcpProxy } from '../tcp-proxy.ts'
import type { TcpProxy } from '../tcp-proxy.ts'

/** One process of the product, with its own way to the database, and all that can be done to it. */
export type ProductProcess = ProductLives & { readonly proxy: TcpProxy; close(): Promise<void> }

export async function startProduct(options: {
  readonly name: string
  readonly role: 'server' | 'worker'
  readonly port: number
  readonly databaseUrl: string
  readonly settings: Settings
}): Promise<ProductProcess> {
  const { name, role, port, databaseUrl, settings } = options
  const proxy = await startTcpProxy(databaseUrl)
  const lives = await startProductLives({
    name,
    role,
    port,
    settings: { ...settings, DATABASE_URL: proxy.url },
  })
  return {
    ...lives,
    proxy,
    async close() {
      await lives.kill()
      await proxy.close()
    },
  }
}
