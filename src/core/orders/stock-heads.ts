import type { SkuId } from '../../values/ids.ts'
import type { BatchAnswer } from './desk.ts'
import type { BatchRow, StockHead } from './orders.sql.ts'

/**
 * Where each SKU's codes were last taken from, so that the next batch need not step over the index entries of all codes sold since the
 * last vacuum. Only a hint: it is forgotten every second, so that codes which came in or back in front of it are seen again, and at
 * once when a batch found too little with it.
 */
export class StockHeads {
  #heads = new Map<SkuId, StockHead>()
  #forgetAt = 0

  current(): ReadonlyMap<SkuId, StockHead> {
    if (performance.now() >= this.#forgetAt) {
      this.#heads = new Map()
      this.#forgetAt = performance.now() + forgetEveryMs
    }
    return this.#heads
  }

  learn(rows: readonly BatchRow[], answers: readonly BatchAnswer[]): void {
    answers.forEach((answer, place) => {
      const skuId = rows[place]?.command.skuId
      const last = answer.codes.at(-1)
      if (skuId === undefined) return
      if (answer.outcome === 'contended') this.#heads.delete(skuId)
      else if (last !== undefined) this.#heads.set(skuId, last)
    })
  }
}

const forgetEveryMs = 1_000
