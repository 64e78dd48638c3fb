import type {
  Goods,
  Purchase,
  Supplier,
  SupplierAnswer,
  SupplierProfile,
} from '../src/core/fulfilment/supplier.ts'

export const knowsAll: SupplierProfile = {
  dedupsByReference: true,
  statusByReference: true,
  settleWindowMs: 200,
  timeoutMs: 1_000,
}

/** A supplier that answers what a test says, and notes what it was asked. */
export function supplierOf(
  script: {
    buy: (purchase: Purchase) => SupplierAnswer | Promise<SupplierAnswer>
    inquire?: (purchase: Purchase) => SupplierAnswer
  },
  profile: Partial<SupplierProfile> = {},
): Supplier & { readonly bought: Purchase[]; readonly asked: Purchase[] } {
  const whole = { ...knowsAll, ...profile }
  const bought: Purchase[] = []
  const asked: Purchase[] = []
  return {
    bought,
    asked,
    profile: whole,
    async buy(purchase) {
      bought.push(purchase)
      return script.buy(purchase)
    },
    ...(whole.statusByReference
      ? {
          async inquire(purchase: Purchase) {
            asked.push(purchase)
            return script.inquire?.(purchase) ?? unknown
          },
        }
      : {}),
  }
}

export const unknown: SupplierAnswer = { state: 'unknown', detail: 'no answer' }
export const notFound: SupplierAnswer = { state: 'not_found', detail: 'not known' }
export const refused: SupplierAnswer = { state: 'refused', reason: 'out_of_stock', detail: 'none left' }

export function codesFor({ reference, quantity }: Pick<Purchase, 'reference' | 'quantity'>): Goods[] {
  return Array.from({ length: quantity }, (_, place) => ({ kind: 'code', code: `S-${reference}-${place}` }))
}

export function delivered(
  purchase: Purchase,
  changes: Partial<Extract<SupplierAnswer, { state: 'delivered' }>> = {},
): SupplierAnswer {
  return { state: 'delivered', goods: codesFor(purchase), ...changes }
}
