import { setTimeout as pause } from 'node:timers/promises'
import type { Client, Heard } from '../chaos/client.ts'
import type { Random } from '../chaos/random.ts'
import { giftapiOrder } from '../chaos/speech.ts'
import type { Errand } from '../chaos/speech.ts'
import type { ClusterWorld } from './world.ts'

/** Clients of several partners that buy one thing after the other, and send each order again under its name until it is answered. */
export type Buyers = {
  /** Lets what was begun come to its end. */
  stop(): Promise<void>
  /** Asks once more about everything that was answered. */
  readAll(): Promise<void>
}

export function startBuyers(parts: {
  readonly shop: ClusterWorld['shop']
  readonly client: Client
  readonly random: Random
  readonly clients: number
}): Buyers {
  const { shop, client, random, clients } = parts
  const run = crypto.randomUUID().slice(0, 8)
  const made: { readonly errand: Errand; readonly heard: Heard }[] = []
  let isOpen = true
  let number = 0

  const buyOne = async (): Promise<void> => {
    number += 1
    const skuId = random.oneIn(8) ? random.pick(shop.supplied) : random.pick(shop.stocked)
    // All keys have the same length, so that none is the end of another.
    const key = `cluster-${run}-${String(number).padStart(6, '0')}`
    const errand = giftapiOrder(random.pick(shop.buyers), key, skuId, random.between(1, 2))
    const heard = await client.insist(errand)
    if (heard?.outcome !== 'done') return
    made.push({ errand, heard })
    if (random.oneIn(20)) await client.further(errand, 'other', () => errand.ask(true), errand.understand)
  }
  const buyer = async (): Promise<void> => {
    while (isOpen) {
      await pause(random.between(50, 250))
      await buyOne()
    }
  }
  const work = Promise.all(Array.from({ length: clients }, buyer))
  return {
    async stop() {
      isOpen = false
      client.finish()
      await work
    },
    async readAll() {
      const read = async (): Promise<void> => {
        for (let one = made.pop(); one !== undefined; one = made.pop()) {
          const { errand, heard } = one
          const about = { id: heard.id, state: heard.state, codes: heard.codes }
          await client.further(errand, 'read', () => errand.look(about), errand.understand)
        }
      }
      await Promise.all(Array.from({ length: 8 }, read))
    },
  }
}
