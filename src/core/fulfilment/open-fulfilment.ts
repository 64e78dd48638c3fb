import type { Database } from '../../platform/database.ts'
import type { Log } from '../../platform/log.ts'
import { startWorkLoop } from '../../platform/work-loop.ts'
import type { KeyRing } from '../keys/ring.ts'
import { hasHandsFull } from './ask-supplier.ts'
import { fillItem } from './fill-item.ts'
import type { FillParts } from './fill-item.ts'
import { openRateSource } from './find-candidates.ts'
import { claimDue } from './fulfilments.sql.ts'
import type { SupplierBook } from './book.ts'
import { usualPaces } from './policy.ts'
import type { Paces } from './policy.ts'

export type FulfilmentOptions = {
  readonly database: Database
  readonly keyRing: KeyRing
  readonly book: SupplierBook
  readonly log: Log
  readonly onAnswer?: FillParts['onAnswer']
  /** Items in hand at a time. */
  readonly concurrency?: number
  readonly paces?: Paces
  /** How long an item belongs to who has claimed it. */
  readonly leaseMs?: number
  /** How often due items are looked for when nobody wakes it. */
  readonly pollMs?: number
}

/** Fills orders by suppliers until it is stopped: takes items as they fall due, whichever process has accepted them. */
export type Fulfilment = { inHand(): number; stop(): Promise<void> }

export function openFulfilment(options: FulfilmentOptions): Fulfilment {
  const { database, keyRing, book, log, leaseMs = leaseUsualMs } = options
  const parts: FillParts = {
    database,
    keyRing,
    book,
    log,
    rates: openRateSource(database),
    paces: options.paces ?? usualPaces,
    reserveMs: Math.min(reserveMostMs, leaseMs / 4),
    onAnswer: options.onAnswer ?? (() => undefined),
  }
  const loop = startWorkLoop({
    name: 'fulfilment',
    log,
    concurrency: options.concurrency ?? concurrencyUsual,
    pollMs: options.pollMs ?? pollUsualMs,
    claim: (limit) => claimDue(database, { limit, leaseMs, busySuppliers: busySuppliers(book) }),
    run: (item) => fillItem(parts, item),
  })
  const wake = (): void => loop.wake()
  const subscription = database.listen('fulfilment_due', wake, wake)
  return {
    inHand: () => loop.inHand(),
    async stop() {
      await subscription.close()
      await loop.stop()
    },
  }
}

/** Whose items stay where they are: it has its hands full, or is left alone for a while. */
function busySuppliers(book: SupplierBook) {
  return book
    .all()
    .filter((booked) => hasHandsFull(booked) || booked.breaker.isOpen())
    .map(({ account }) => account.id)
}

const reserveMostMs = 10_000
const leaseUsualMs = 45_000
const concurrencyUsual = 32
const pollUsualMs = 1_000
