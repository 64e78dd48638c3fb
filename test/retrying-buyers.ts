import { setTimeout as pause } from 'node:timers/promises'
import { pinOf, sendOrder } from './giftapi-client.ts'
import type { GiftapiCredential } from './giftapi-client.ts'

type Purchase = { readonly externalId: string; readonly orderId: string; readonly pin: string }

/** What clients wrote down that buy one thing after the other and send an order again, under its name, until it is answered. */
type BuyersLog = {
  /** In the order in which the answers came. */
  readonly acknowledged: Purchase[]
  /** How many answers of each status came; 0 stands for a connection that broke or was refused. */
  readonly statuses: Map<number, number>
  /** Answers that a client cannot do anything about: neither an order nor a 503 with Retry-After. */
  readonly bad: string[]
  /** The longest time between two orders that were answered, over all clients, in milliseconds. */
  longestGapMs: number
}

type Buyers = { readonly log: BuyersLog; stop(): Promise<BuyersLog> }

/** Starts clients that go from one address to the next whenever an answer does not come. */
export function startBuyers(options: {
  readonly baseUrls: readonly string[]
  readonly credential: GiftapiCredential
  readonly skuId: string
  readonly clients: number
  readonly pauseMs: number
}): Buyers {
  const { baseUrls, credential, skuId, clients, pauseMs } = options
  const run = crypto.randomUUID().slice(0, 8)
  const log: BuyersLog = { acknowledged: [], statuses: new Map(), bad: [], longestGapMs: 0 }
  let isBuying = true
  let lastAt = performance.now()
  const buyOne = async (externalId: string, client: number): Promise<void> => {
    for (let attempt = 0; ; attempt += 1) {
      const baseUrl = baseUrls[(client + attempt) % baseUrls.length] ?? ''
      const answer = await sendOrder(baseUrl, credential, externalId, skuId).catch(() => undefined)
      const status = answer?.status ?? 0
      log.statuses.set(status, (log.statuses.get(status) ?? 0) + 1)
      if (answer !== undefined && (status === 200 || status === 201)) {
        log.acknowledged.push({ externalId, orderId: answer.body.data?.id ?? '', pin: pinOf(answer) })
        log.longestGapMs = Math.max(log.longestGapMs, performance.now() - lastAt)
        lastAt = performance.now()
        return
      }
      if (status !== 0 && !(status === 503 && answer?.retryAfter !== undefined))
        log.bad.push(`${status} ${JSON.stringify(answer?.body)}`)
      if (!isBuying && attempt > 50) return
      await pause(100)
    }
  }
  const buyer = async (client: number): Promise<void> => {
    for (let number = 0; isBuying; number += 1) {
      await buyOne(`${run}-${client}-${number}`, client)
      await pause(pauseMs)
    }
  }
  const work = Promise.all(Array.from({ length: clients }, (_, client) => buyer(client)))
  return {
    log,
    async stop() {
      isBuying = false
      await work
      return log
    },
  }
}
