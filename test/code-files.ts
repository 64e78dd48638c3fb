import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openCode } from '../src/core/orders/assemble-orders.ts'
import type { SealedCode } from '../src/core/orders/desk.ts'
import type { DeliveredCode } from '../src/core/orders/order.ts'
import { importStock } from '../src/core/stock/import-stock.ts'
import type { ImportResult, ImportStock } from '../src/core/stock/import-stock.ts'
import { sql } from '../src/platform/database.ts'
import type { SkuId } from '../src/values/ids.ts'
import type { World } from './world.ts'

/** Files of codes for a world, and what its stock holds, in clear. */
export type CodeFiles = {
  write(text: string | Buffer): Promise<string>
  importPath(skuId: SkuId, path: string, options?: Partial<ImportStock>): Promise<ImportResult>
  importText(skuId: SkuId, text: string | Buffer, options?: Partial<ImportStock>): Promise<ImportResult>
  /** In the order in which they came in. */
  stockOf(skuId: SkuId): Promise<DeliveredCode[]>
  /** Only the codes themselves. */
  codesOf(skuId: SkuId): Promise<string[]>
  remove(): Promise<void>
}

export async function createCodeFiles(world: World): Promise<CodeFiles> {
  const dir = await mkdtemp(join(tmpdir(), 'scrip-codes-'))
  let made = 0
  const files: CodeFiles = {
    async write(text) {
      made += 1
      const path = join(dir, `${made}.csv`)
      await writeFile(path, text)
      return path
    },
    importPath: (skuId, path, options) =>
      importStock(world.database, world.keyRing, { skuId, path, actor: 'test', ...options }),
    importText: async (skuId, text, options) => files.importPath(skuId, await files.write(text), options),
    async stockOf(skuId) {
      const rows = await world.database.query<SealedCode>(sql`
        select id, data_key_id as "dataKeyId", ciphertext, expires_on as "expiresOn"
        from stock_codes where sku_id = ${skuId} order by id`)
      return Promise.all(rows.map((row) => openCode(world.keyRing, row)))
    },
    codesOf: async (skuId) => (await files.stockOf(skuId)).map(({ code }) => code),
    remove: () => rm(dir, { recursive: true }),
  }
  return files
}

/** Lines PREFIX-<from + 1> … PREFIX-<to>. */
export function numbered(prefix: string, to: number, from = 0): string {
  return Array.from({ length: to - from }, (_, n) => `${prefix}-${from + n + 1}\n`).join('')
}
