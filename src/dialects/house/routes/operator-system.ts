import { listPayers } from '../../../core/checkout/create-payer.ts'
import type { SupplierAccount } from '../../../core/fulfilment/account.ts'
import { findSku } from '../../../core/fulfilment/find-sku.ts'
import { findSupplier } from '../../../core/fulfilment/find-supplier.ts'
import { listSources } from '../../../core/fulfilment/list-sources.ts'
import { listSuppliers } from '../../../core/fulfilment/list-suppliers.ts'
import { removeSource } from '../../../core/fulfilment/remove-source.ts'
import { setSources } from '../../../core/fulfilment/set-sources.ts'
import { updateSupplier } from '../../../core/fulfilment/update-supplier.ts'
import { measureInstallation } from '../../../core/installation/measure-installation.ts'
import { findNames } from '../../../core/partners/find-names.ts'
import { listTroubledEndpoints } from '../../../core/webhooks/list-troubled.ts'
import { measureBacklog } from '../../../core/webhooks/measure-backlog.ts'
import { programVersion } from '../../../platform/program-version.ts'
import { isQueueInstalled, listJobs, readQueueFigures } from '../../../platform/queue.ts'
import { Failure } from '../../../values/failure.ts'
import { printAmount } from '../../../values/money.ts'
import type { Static } from 'typebox'
import type { DialectApp, Services } from '../../dialect.ts'
import { toInstant, toMicros, toPage } from '../mapping/shared.ts'
import {
  ChangeSupplierBody,
  FloatReply,
  JobsReply,
  PayersReply,
  SetSourceBody,
  SourcePath,
  SourcesReply,
  StatusReply,
  Supplier,
  SupplierPath,
  SuppliersReply,
  TroublesReply,
} from '../wire/system.ts'
import { nothing, object, pageQuery, refusals } from '../wire/shared.ts'
import { actorIn, forOperator } from './access.ts'

const shared = { tags: ['Console: system'] }

/**
 * GET   /operator/status                    versions, sizes, what waits
 * GET   /operator/jobs                      jobs that have not ended
 * GET   /operator/webhook-troubles          endpoints that fail or were disabled
 * GET   /operator/payers                    lenders and banks of the checkout
 * GET   /operator/suppliers                 whom we buy from
 * PATCH /operator/suppliers/{code}          pauses one, or changes its place
 * POST  /operator/suppliers/{code}/float    asks what we have left there
 * GET   /operator/suppliers/{code}/sources  which SKUs it fills, and for how much
 * PUT   /operator/suppliers/{code}/sources/{sku}     puts it into the chain of a SKU
 * DELETE /operator/suppliers/{code}/sources/{sku}    takes it out
 */
export function operatorSystemRoutes(app: DialectApp, services: Services): void {
  statusRoutes(app, services)
  supplierRoutes(app, services)
}

function statusRoutes(app: DialectApp, { database, environment }: Services): void {
  const startedAt = new Date()
  const status = { ...shared, summary: 'System status', response: { 200: StatusReply, ...refusals(401) } }
  app.get('/operator/status', { ...forOperator('read'), schema: status }, async () => {
    const [measures, backlog, isInstalled] = await Promise.all([
      measureInstallation(database),
      measureBacklog(database),
      isQueueInstalled(database),
    ])
    const queue = isInstalled
      ? await readQueueFigures(database)
      : { waiting: 0, running: 0, failed: 0, oldestSeconds: 0 }
    return {
      environment,
      scrip: programVersion,
      node: process.version,
      started_at: toInstant(startedAt),
      memory_bytes: process.memoryUsage.rss(),
      database: {
        version: measures.serverVersion,
        size_bytes: measures.sizeBytes.toString(),
        connections: measures.connections,
        connections_most: measures.connectionsMost,
        migration: measures.migration,
        oldest_transaction_seconds: Math.round(measures.oldestTransactionSeconds),
      },
      jobs: {
        waiting: queue.waiting,
        running: queue.running,
        failed: queue.failed,
        oldest_seconds: Math.round(queue.oldestSeconds),
      },
      webhooks: {
        waiting: backlog.waiting,
        oldest_seconds: Math.round(backlog.oldestSeconds),
        paused: backlog.paused,
      },
    }
  })

  const jobs = {
    ...shared,
    summary: 'Jobs that have not ended, newest first; the first 200',
    response: { 200: JobsReply, ...refusals(401) },
  }
  app.get('/operator/jobs', { ...forOperator('read'), schema: jobs }, async () => ({
    data: (await listJobs(database)).map((job) => ({
      id: job.id.toString(),
      name: job.name,
      state: job.state,
      attempts: job.attempts,
      max_attempts: job.maxAttempts,
      run_at: toInstant(job.runAt),
      error: job.lastError ?? null,
    })),
  }))

  const troubles = {
    ...shared,
    summary: 'Webhook endpoints that fail or were disabled, the longest in trouble first; the first 200',
    response: { 200: TroublesReply, ...refusals(401) },
  }
  app.get('/operator/webhook-troubles', { ...forOperator('read'), schema: troubles }, async () => {
    const found = await listTroubledEndpoints(database)
    const names = await findNames(
      database,
      found.map(({ partnerId }) => partnerId),
    )
    return {
      data: found.map((one) => ({
        id: one.id,
        partner_id: one.partnerId,
        partner: names.get(one.partnerId) ?? '',
        format: one.dialect,
        host: URL.parse(one.url)?.host ?? '',
        state: one.state,
        reason: one.disabledReason,
        failures: one.failuresInARow,
        failing_since: one.failingSince === null ? null : toInstant(one.failingSince),
        rests_until: one.restsUntil === null ? null : toInstant(one.restsUntil),
      })),
    }
  })

  const payers = {
    ...shared,
    summary: 'Lenders and banks that pay in buyers’ places',
    response: { 200: PayersReply, ...refusals(401) },
  }
  app.get('/operator/payers', { ...forOperator('read'), schema: payers }, async () => ({
    data: (await listPayers(database)).map(({ id, code, name, kind, connector, createdAt }) => ({
      id,
      code,
      name,
      kind,
      connector,
      created_at: toInstant(createdAt),
    })),
  }))
}

function supplierRoutes(app: DialectApp, { database, keyRing, suppliers }: Services): void {
  const written = (one: SupplierAccount): Static<typeof Supplier> => {
    const booked = suppliers.find(one.id)
    return {
      id: one.id,
      code: one.code,
      name: one.name,
      connector: one.connector,
      is_active: one.active,
      priority: one.priority,
      concurrency: one.concurrency,
      currency: one.currency,
      is_resting: booked?.breaker.isOpen() ?? false,
      calls: booked?.calls.inHand ?? 0,
    }
  }
  const list = {
    ...shared,
    summary: 'Suppliers, the first to be asked first',
    response: { 200: SuppliersReply, ...refusals(401) },
  }
  app.get('/operator/suppliers', { ...forOperator('read'), schema: list }, async () => ({
    data: (await listSuppliers(database)).map(written),
  }))

  const change = {
    ...shared,
    summary: 'Pause a supplier, or change its place in the chain',
    description: 'A paused one is asked for nothing new; what it has in hand it is still asked about.',
    params: SupplierPath,
    body: ChangeSupplierBody,
    response: { 200: Supplier, ...refusals(401, 403, 404, 422) },
  }
  app.patch('/operator/suppliers/:code', { ...forOperator('stock'), schema: change }, async (request) => {
    const { is_active: active, priority, concurrency } = request.body
    const order = { code: request.params.code, active, priority, concurrency, actor: actorIn(request) }
    return written(await database.inTransaction((tx) => updateSupplier(tx, keyRing, order)))
  })

  const float = {
    ...shared,
    summary: 'Ask what we have left at a supplier',
    description: '503 where it cannot be asked, or says nothing of the kind.',
    params: SupplierPath,
    response: { 200: FloatReply, ...refusals(401, 403, 404, 503) },
  }
  app.post('/operator/suppliers/:code/float', { ...forOperator('money'), schema: float }, async (request) => {
    const { id } = await findSupplier(database, request.params.code)
    const booked = suppliers.find(id)
    const timeoutMs = Math.min(booked?.supplier.profile.timeoutMs ?? 0, patienceMs)
    const balance = await booked?.supplier.balance?.({ timeoutMs, mayStillSend: () => true })
    if (balance === undefined) throw new Failure('unavailable')
    return { amount: printAmount(balance.amount), currency: balance.currency }
  })

  const sources = {
    ...shared,
    summary: 'Which SKUs a supplier fills, and for how much',
    params: SupplierPath,
    querystring: object(pageQuery),
    response: { 200: SourcesReply, ...refusals(401, 404, 422) },
  }
  app.get(
    '/operator/suppliers/:code/sources',
    { ...forOperator('read'), schema: sources },
    async (request) => {
      const { id } = await findSupplier(database, request.params.code)
      const { cursor, limit = 25 } = request.query
      return toPage(await listSources(database, id, { cursor, limit }), (one) => ({
        sku: one.skuCode,
        name: one.skuName,
        product_code: one.productCode,
        cost: one.cost === null ? null : printAmount(one.cost),
        cost_rate: one.costRate,
        currency: one.currency,
        priority: one.priority,
        is_active: one.active,
        in_stock: one.inStock,
      }))
    },
  )

  const set = {
    ...shared,
    summary: 'Put a supplier into the chain of a SKU, or change how it stands there',
    params: SourcePath,
    body: SetSourceBody,
    response: { 204: nothing, ...refusals(401, 403, 404, 422) },
  }
  app.put(
    '/operator/suppliers/:code/sources/:sku',
    { ...forOperator('stock'), schema: set },
    async (request, reply) => {
      const { id: supplierId } = await findSupplier(database, request.params.code)
      const { id: skuId } = await findSku(database, request.params.sku)
      const { product_code: productCode, cost, cost_rate: costRate, priority } = request.body
      const micros = cost === undefined ? undefined : toMicros(cost, 'cost')
      const source = { skuId, supplierId, productCode, cost: micros, costRate, priority }
      const actor = actorIn(request)
      await database.inTransaction((tx) => setSources(tx, [source], actor))
      return reply.code(204).send(null)
    },
  )

  const remove = {
    ...shared,
    summary: 'Take a supplier out of the chain of a SKU',
    description: 'What it has in hand it is still asked about.',
    params: SourcePath,
    response: { 204: nothing, ...refusals(401, 403, 404) },
  }
  app.delete(
    '/operator/suppliers/:code/sources/:sku',
    { ...forOperator('stock'), schema: remove },
    async (request, reply) => {
      const { id: supplierId } = await findSupplier(database, request.params.code)
      const { id: skuId } = await findSku(database, request.params.sku)
      const actor = actorIn(request)
      await database.inTransaction((tx) => removeSource(tx, { skuId, supplierId, actor }))
      return reply.code(204).send(null)
    },
  )
}

/** A person waits for it. */
const patienceMs = 10_000
