import { Failure } from '../../values/failure.ts'
import { isStorableJson } from '../../values/json.ts'
import { largestAmountMicros } from '../../values/money.ts'
import type { DeskAnswer, OrderDesk } from './desk.ts'
import type { DeliveredCode, Order, OrderStatus, PlaceOrder } from './order.ts'

/** The order as it now is; `repeated` when the external id had been used for the same order before. */
export type PlacedOrder = { readonly order: Order; readonly repeated: boolean }

/**
 * Buys: the wallet pays and codes of the stock are sold in one commit, which has happened when this answers. The only way to buy.
 * What the stock does not hold and a supplier can fill is accepted: the price is set aside, and the order is `processing`.
 *
 * Idempotent by (partner, external id), for ever: the same request again answers the first order and has no effect.
 * Throws Failure insufficient_funds, out_of_stock, external_id_conflict, partner_inactive, wallet_not_found, validation_failed;
 * order_in_progress and unavailable mean that the caller should ask again with the same external id.
 */
export async function placeOrder(desk: OrderDesk, command: PlaceOrder): Promise<PlacedOrder> {
  refuseUnstorable(command)
  const answer = await desk.submit(command)
  switch (answer.outcome) {
    case 'placed':
      return { order: await toOrder(desk, command, answer), repeated: false }
    case 'accepted':
      return { order: toAcceptedOrder(command, answer), repeated: false }
    case 'repeat':
      if (!answer.sameRequest) throw new Failure('external_id_conflict')
      return { order: await desk.orderOf(command.partnerId, answer.orderId), repeated: true }
    case 'contended':
      throw new Failure('unavailable', { retryAfterSeconds: 1 })
    default:
      throw new Failure(answer.outcome)
  }
}

/** Limits that every dialect's own schema should hold already: here they keep a mistake there from reaching the database. */
function refuseUnstorable(command: PlaceOrder): void {
  const { externalId, quantity, unitPrice } = command
  if (externalId.length < 1 || externalId.length > 64 || !isStorableJson(externalId)) {
    throw new Failure('validation_failed', {
      fields: [{ field: 'external_id', sentence: 'The external id must be 1 to 64 characters of text.' }],
    })
  }
  if (!Number.isInteger(quantity) || quantity < 1 || quantity > 1_000) {
    throw new Failure('validation_failed', {
      fields: [{ field: 'quantity', sentence: 'The quantity must be a whole number from 1 to 1000.' }],
    })
  }
  if (unitPrice < 0n || unitPrice * BigInt(quantity) > largestAmountMicros) {
    throw new Failure('validation_failed', {
      fields: [{ field: 'amount', sentence: 'The amount is too large.' }],
    })
  }
  if (![command.metadata, command.notes, command.customerData].every((value) => isStorableJson(value))) {
    throw new Failure('validation_failed', {
      fields: [
        {
          field: 'metadata',
          sentence: 'The data holds characters that cannot be stored, or is nested too deeply.',
        },
      ],
    })
  }
}

/** The order as the batch wrote it, without reading it back. */
async function toOrder(desk: OrderDesk, command: PlaceOrder, answer: DeskAnswer): Promise<Order> {
  const status = answer.delivered === command.quantity ? 'completed' : 'partially_completed'
  const codes = await Promise.all(answer.codes.map((code) => desk.open(code)))
  return { ...orderOf(command, answer, status, codes), completedAt: answer.createdAt }
}

/** An order that waits for a supplier: the whole of its price is set aside. */
function toAcceptedOrder(command: PlaceOrder, answer: DeskAnswer): Order {
  const order = orderOf(command, answer, 'processing', [])
  return { ...order, totalAmount: command.unitPrice * BigInt(command.quantity) }
}

function orderOf(
  command: PlaceOrder,
  answer: DeskAnswer,
  status: OrderStatus,
  codes: readonly DeliveredCode[],
): Order {
  return {
    partnerId: command.partnerId,
    id: answer.orderId,
    externalId: command.externalId,
    dialect: command.dialect,
    walletId: command.walletId,
    status,
    currency: command.currency,
    totalAmount: command.unitPrice * BigInt(answer.delivered),
    metadata: command.metadata,
    notes: command.notes,
    createdAt: answer.createdAt,
    completedAt: undefined,
    items: [
      {
        item: 1,
        skuId: command.skuId,
        skuName: command.skuName,
        quantity: command.quantity,
        delivered: answer.delivered,
        unitPrice: command.unitPrice,
        status,
        customerData: command.customerData,
        errorCode: undefined,
        codes,
        receipts: [],
      },
    ],
  }
}
