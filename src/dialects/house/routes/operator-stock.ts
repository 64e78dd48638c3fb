import { findStockAlerts, setStockAlert } from '../../../core/alerts/set-alert.ts'
import { findStockSku } from '../../../core/stock/find-stock-sku.ts'
import { importStock } from '../../../core/stock/import-stock.ts'
import type { ImportResult } from '../../../core/stock/import-stock.ts'
import { listImports } from '../../../core/stock/list-imports.ts'
import { stockLevels } from '../../../core/stock/stock-levels.ts'
import type { SkuId } from '../../../values/ids.ts'
import { withScratchFile } from '../../../platform/files.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Static } from 'typebox'
import { toStockImport } from '../mapping/operator.ts'
import { toId, toPage } from '../mapping/shared.ts'
import {
  ImportBody,
  ImportReply,
  ImportsReply,
  LevelsQuery,
  LevelsReply,
  StockAlertBody,
} from '../wire/operator.ts'
import { IdPath, nothing, object, pageQuery, refusals } from '../wire/shared.ts'
import { actorIn, forOperator } from './access.ts'

const shared = { tags: ['Console: stock'] }

/**
 * GET  /operator/stock/levels   codes that can be sold, by SKU
 * PUT  /operator/skus/{id}/alert   below how many somebody is told
 * GET  /operator/stock/imports  files that were imported, and how far those are that still are
 * POST /operator/stock/imports  imports a CSV file, all or nothing
 */
export function operatorStockRoutes(app: DialectApp, services: Services): void {
  const { database } = services

  const levels = {
    ...shared,
    summary: 'Stock by SKU',
    querystring: LevelsQuery,
    response: { 200: LevelsReply, ...refusals(401, 422) },
  }
  app.get('/operator/stock/levels', { ...forOperator('read'), schema: levels }, async (request) => {
    const { lowest, cursor, limit = 25 } = request.query
    const filter = { lowest: lowest === undefined ? undefined : BigInt(lowest) }
    const page = await stockLevels(database, filter, { cursor, limit })
    const alerts = await findStockAlerts(
      database,
      page.rows.map(({ skuId }) => skuId),
    )
    return toPage(page, (level) => ({
      sku_id: level.skuId,
      sku: level.skuCode,
      name: level.name,
      count: Number(level.count),
      next_expiry: level.nextExpiry ?? null,
      alert_below: alerts.get(level.skuId) ?? null,
    }))
  })

  const alert = {
    ...shared,
    summary: 'Say below how many codes those who keep the stock are told by mail',
    description: 'Once each time it falls below; `null`: not at all.',
    params: IdPath,
    body: StockAlertBody,
    response: { 204: nothing, ...refusals(401, 403, 404, 422) },
  }
  app.put('/operator/skus/:id/alert', { ...forOperator('stock'), schema: alert }, async (request, reply) => {
    const skuId = toId<SkuId>(request.params.id, 'sku_not_found')
    const order = { skuId, threshold: request.body.below ?? undefined, actor: actorIn(request) }
    await database.inTransaction((tx) => setStockAlert(tx, order))
    return reply.code(204).send(null)
  })

  const imports = {
    ...shared,
    summary: 'Imports, newest first',
    querystring: object(pageQuery),
    response: { 200: ImportsReply, ...refusals(401, 422) },
  }
  app.get('/operator/stock/imports', { ...forOperator('read'), schema: imports }, async (request) => {
    const { cursor, limit = 25 } = request.query
    return toPage(await listImports(database, { cursor, limit }), toStockImport)
  })

  const create = {
    ...shared,
    summary: 'Import codes from a CSV file',
    description:
      'The file becomes stock all at once or not at all. A large one is answered with `running` after a while: its progress is in the list, and the same file sent again goes on with it.',
    body: ImportBody,
    response: { 200: ImportReply, 202: ImportReply, ...refusals(401, 403, 404, 413, 422) },
  }
  app.post(
    '/operator/stock/imports',
    { ...forOperator('stock'), schema: create, bodyLimit: 48 * 1_048_576 },
    async (request, reply) => {
      const running = importFrom(services, request.body, actorIn(request))
      const patience = new AbortController()
      const result = await Promise.race([
        running,
        sleep(patienceMs, undefined, { signal: patience.signal }),
      ]).finally(() => patience.abort())
      if (result === undefined) {
        // It goes on; what becomes of it stands in the list.
        running.catch(() => undefined)
        return reply.code(202).send(stillRunning)
      }
      return reply.code(200).send(toReply(result))
    },
  )
}

const patienceMs = 15_000

const stillRunning: Static<typeof ImportReply> = {
  import_id: null,
  state: 'running',
  lines: 0,
  published: 0,
  duplicates: 0,
  invalid: 0,
  problems: [],
}

async function importFrom(
  { database, keyRing }: Services,
  body: Static<typeof ImportBody>,
  actor: string,
): Promise<ImportResult> {
  const sku = await findStockSku(database, body.sku)
  return withScratchFile(body.file_name, body.content, (path) =>
    importStock(database, keyRing, {
      skuId: sku.id,
      path,
      skipDuplicates: body.skip_duplicates ?? false,
      skipInvalid: body.skip_invalid ?? false,
      actor,
    }),
  )
}

function toReply(result: ImportResult): Static<typeof ImportReply> {
  return {
    import_id: result.importId,
    state: result.state,
    lines: result.lines,
    published: result.published,
    duplicates: result.duplicates,
    invalid: result.invalid,
    problems: result.problems.map(({ line, problem, detail }) => ({ line: Number(line), problem, detail })),
  }
}
