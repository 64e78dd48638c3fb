import { findSupplier } from '../core/fulfilment/find-supplier.ts'
import { listChanges, listSyncs } from '../core/fulfilment/list-syncs.ts'
import { changeKinds } from '../core/fulfilment/listing.ts'
import { syncSupplier } from '../core/fulfilment/sync-supplier.ts'
import type { SyncId } from '../values/ids.ts'
import { printAmount } from '../values/money.ts'
import { command } from './command.ts'
import type { Context } from './context.ts'
import { withSupplier } from './open-supplier.ts'
import { pageOptions, pageText } from './pages.ts'
import { option, text, uuid } from './params.ts'
import { supplierArgument } from './supplier-accounts.ts'
import { table } from './table.ts'

type Sync = Awaited<ReturnType<typeof syncSupplier>>

export const syncNow = command({
  name: 'sync',
  summary: "Read a supplier's list now: bring prices and stock up to date, and report what changed.",
  details: [
    'The worker does so every hour for every active supplier. A list that cannot be read to its end changes nothing.',
  ],
  examples: ['supplier sync kenya', 'supplier sync kenya --json'],
  params: { supplier: supplierArgument },
  async run(context, input) {
    const database = await context.database()
    const progress = context.progress('Reading the list')
    const sync = await withSupplier(context, input.supplier, (opened) =>
      syncSupplier(database, opened, {
        actor: context.actor,
        // How many there will be nobody knows; the bar is full when all are read.
        onProgress: (phase, done) => progress.at(phase === 'reading' ? 1 : 2, 3, `${phase}, ${done}`),
      }),
    ).catch((error: unknown) => {
      progress.fail()
      throw error
    })
    progress.end(`${sync.products} products`)
    const { json, text: lines } = await changesOf(context, sync.id, 1_000, undefined)
    return { json: { sync, ...json }, text: [...syncsTable([sync]), '', ...lines] }
  },
})

export const syncs = command({
  name: 'syncs',
  summary: "List when suppliers' lists were read and what had changed, newest first.",
  examples: [
    'supplier syncs --supplier kenya',
    'supplier syncs --changes 0199a1b2-0000-7000-8000-000000000000',
  ],
  params: {
    supplier: option('--supplier <code>', 'only those of this supplier', text),
    changes: option('--changes <sync>', 'the changes that one of them found', uuid<SyncId>),
    ...pageOptions,
  },
  async run(context, { supplier, changes, limit, after }) {
    if (changes !== undefined) return changesOf(context, changes, limit, after)
    const database = await context.database()
    const supplierId = supplier === undefined ? undefined : (await findSupplier(database, supplier)).id
    const page = await listSyncs(database, supplierId, { limit, cursor: after })
    return {
      json: { syncs: page.rows, nextCursor: page.nextCursor },
      text: [...syncsTable(page.rows), ...pageText(page)],
    }
  },
})

async function changesOf(context: Context, id: SyncId, limit: number, cursor: string | undefined) {
  const page = await listChanges(await context.database(), id, { limit, cursor })
  const price = (cost: bigint | undefined, rate: string | undefined): string =>
    cost === undefined ? (rate ?? '') : printAmount(cost)
  const rows = page.rows.map((one) => [
    one.kind,
    one.productCode,
    one.skuCode ?? '',
    price(one.oldCost, one.oldRate),
    price(one.newCost, one.newRate),
    one.detail,
  ])
  const changes = page.rows.map((one) => ({
    ...one,
    oldCost: one.oldCost === undefined ? undefined : printAmount(one.oldCost),
    newCost: one.newCost === undefined ? undefined : printAmount(one.newCost),
  }))
  const headings = ['Change', 'Product', 'SKU', 'Former', 'Now', 'Detail']
  return {
    json: { changes, nextCursor: page.nextCursor },
    text: [...table(headings, rows, 'Nothing had changed.'), ...pageText(page)],
  }
}

function syncsTable(list: readonly Sync[]): string[] {
  const rows = list.map((one) => [
    one.id,
    one.supplierCode,
    one.startedAt.toISOString(),
    one.problem ?? (one.endedAt === undefined ? 'interrupted' : 'done'),
    String(one.products),
    ...changeKinds.map((kind) => String(one.counts[kind])),
  ])
  const kinds = changeKinds.map((kind) => kind.replace('_', ' '))
  return table(['Sync', 'Supplier', 'At', 'State', 'Products', ...kinds], rows)
}
