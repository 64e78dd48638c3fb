import type { ItemInFull } from '../core/fulfilment/find-item.ts'
import { referenceOf } from '../core/fulfilment/fulfilment.ts'
import type { listItems } from '../core/fulfilment/list-items.ts'
import { printAmount } from '../values/money.ts'
import { breaksTable } from './breaks.ts'
import { facts, table } from './table.ts'

type ListedItem = Awaited<ReturnType<typeof listItems>>['rows'][number]

export function itemJson({ createdAtText: _, fence: __, ...item }: ListedItem): object {
  return {
    ...item,
    reference: referenceOf(item),
    unitPrice: printAmount(item.unitPrice),
    faceValue: printAmount(item.faceValue),
  }
}

export function itemsTable(items: readonly ListedItem[]): string[] {
  const rows = items.map((one) => [
    referenceOf(one),
    one.state,
    ageText(one.ageSeconds),
    one.supplierCode ?? '',
    `${one.quantity} × ${one.skuName}`,
    one.parkedReason ?? '',
    one.stated ?? '',
    one.proposalId ?? '',
  ])
  return table(
    ['Reference', 'State', 'Age', 'Supplier', 'What', 'Why it is parked', 'Statement says', 'Proposal'],
    rows,
  )
}

export function itemFacts(item: ListedItem): string[] {
  return facts({
    Reference: referenceOf(item),
    Partner: item.partnerId,
    What: `${item.quantity} × ${item.skuName}`,
    Price: `${printAmount(item.unitPrice)} ${item.currency} each`,
    State: item.parkedReason === undefined ? item.state : `${item.state}: ${item.parkedReason}`,
    Age: ageText(item.ageSeconds),
    Supplier: item.supplierCode,
    'Its reference': item.supplierReference,
    Sent: item.sentAt === undefined ? undefined : `${item.sends} times since ${item.sentAt.toISOString()}`,
    'Statement says': item.stated,
    Refusal: item.refusal,
    Ended: item.endedAt?.toISOString(),
  })
}

export function historyText({ attempts, proposals, breaks }: ItemInFull): string[] {
  const exchanges = attempts.map((one) => [
    one.startedAt.toISOString(),
    one.supplierCode,
    one.kind,
    one.answer ?? 'no answer was written down',
    one.detail ?? '',
  ])
  const proposed = proposals.map((one) => [
    one.id,
    one.proposedAt.toISOString(),
    one.outcome === 'delivered' ? `delivered, ${one.goodsCount} pieces` : one.outcome,
    one.cost === undefined ? '' : printAmount(one.cost),
    one.state,
    one.settledBy === undefined ? one.proposedBy : `${one.proposedBy}, ${one.settledBy}`,
    one.note,
  ])
  return [
    ...table(['At', 'Supplier', 'Asked', 'Answer', 'Detail'], exchanges, 'Nobody was asked.'),
    ...(proposed.length === 0
      ? []
      : ['', ...table(['Proposal', 'At', 'Outcome', 'Cost', 'State', 'By', 'Note'], proposed)]),
    ...(breaks.length === 0 ? [] : ['', ...breaksTable(breaks)]),
  ]
}

function ageText(seconds: number): string {
  const [days, hours, minutes] = [86_400, 3_600, 60].map((length) => Math.floor(seconds / length))
  if ((days ?? 0) > 0) return `${days}d ${(hours ?? 0) % 24}h`
  return (hours ?? 0) > 0 ? `${hours}h ${(minutes ?? 0) % 60}m` : `${minutes}m`
}
