import type { Database } from '../../platform/database.ts'
import type { OrderId } from '../../values/ids.ts'
import type { OrderEnds } from './desk.ts'

/** Listens for the ends of orders. After a gap in listening everybody who waits looks for himself. */
export function openOrderEnds(database: Database): OrderEnds {
  const waiting = new Map<OrderId, Set<(shouldLook: boolean) => void>>()
  let closed = false
  const wake = (orderId: OrderId, shouldLook: boolean): void =>
    waiting.get(orderId)?.forEach((go) => go(shouldLook))
  const wakeAll = (shouldLook: boolean): void =>
    [...waiting.keys()].forEach((orderId) => wake(orderId, shouldLook))
  const subscription = database.listen(
    'order_ended',
    (payload) => wake(payload as OrderId, true), // Written by `announceEnd` alone.
    () => wakeAll(true),
  )
  return {
    wait: (orderId, patienceMs) =>
      new Promise((resolve) => {
        const go = (shouldLook: boolean): void => {
          clearTimeout(timer)
          const others = waiting.get(orderId)
          others?.delete(go)
          if (others?.size === 0) waiting.delete(orderId)
          resolve(shouldLook)
        }
        const timer = setTimeout(() => go(false), closed ? 0 : patienceMs).unref()
        waiting.set(orderId, (waiting.get(orderId) ?? new Set()).add(go))
      }),
    async close() {
      closed = true
      wakeAll(false)
      await subscription.close()
    },
  }
}
