import type { Database } from '../../platform/database.ts'
import type { OrderId } from '../../values/ids.ts'
import type { OrderNews } from './desk.ts'

/**
 * Listens for news of orders, whichever process has them. After a gap in listening everybody who waits goes on, since the news may have
 * been in it.
 */
export function openOrderNews(database: Database): OrderNews {
  const waiting = new Map<OrderId, Set<() => void>>()
  /** News may come before somebody waits for it: in the order in which it came, the oldest first. */
  const heard = new Map<OrderId, number>()
  let closed = false
  const wakeAll = (): void => waiting.forEach((waiters) => waiters.forEach((go) => go()))

  function hear(orderId: OrderId): void {
    const waiters = waiting.get(orderId)
    if (waiters === undefined) remember(orderId)
    else waiters.forEach((go) => go())
  }

  function remember(orderId: OrderId): void {
    const now = performance.now()
    heard.set(orderId, now)
    for (const [oldest, at] of heard) {
      if (now - at < rememberedMs && heard.size <= rememberedMost) break
      heard.delete(oldest)
    }
  }

  const subscription = database.listen('order_news', (payload) => hear(payload as OrderId), wakeAll) // Sent by the core alone.
  return {
    wait: (orderId, patienceMs) =>
      new Promise((resolve) => {
        if (closed || heard.delete(orderId)) {
          resolve()
          return
        }
        const go = (): void => {
          clearTimeout(timer)
          const others = waiting.get(orderId)
          others?.delete(go)
          if (others?.size === 0) waiting.delete(orderId)
          resolve()
        }
        const timer = setTimeout(go, patienceMs).unref()
        waiting.set(orderId, (waiting.get(orderId) ?? new Set()).add(go))
      }),
    async close() {
      closed = true
      wakeAll()
      await subscription.close()
    },
  }
}

const rememberedMs = 5_000
const rememberedMost = 10_000
