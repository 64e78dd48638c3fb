import type { Purchase, RefusalReason } from '../../core/fulfilment/supplier.ts'

/** How a simulated purchase goes; the words stand at the end of the codes of the "Sandbox Outcomes" SKUs, in capitals. */
export const outcomes = [
  'success-at-once',
  'pending-success',
  'pending-failure',
  'invalid-recipient',
  'operator-unavailable',
  'timeout-after',
  'timeout-before',
  'pending-for-ever',
  'account-not-found',
  'partial',
  'out-of-stock',
] as const

export type Outcome = (typeof outcomes)[number]

/** An eSIM has no account whose digits could ask for it, so the product's code does; any other code succeeds. */
export function outcomeOf(productCode: string): Outcome {
  const ending = /^SANDBOX-ESIM-([A-Z-]+)$/i.exec(productCode)?.[1]?.toLowerCase()
  return outcomes.find((outcome) => outcome === ending) ?? 'success-at-once'
}

export type Step = 'deliver' | 'work' | 'say_nothing' | 'know_nothing' | RefusalReason

/**
 * What the supplier does, which follows from the moment alone: nothing has to be remembered.
 *
 * @param isQuestion it is asked what became of the purchase, rather than bought
 * @param isLater the sandbox delay has passed since the first try
 */
export function stepOf(
  { productCode, tries }: Pick<Purchase, 'productCode' | 'tries'>,
  isQuestion: boolean,
  isLater: boolean,
): Step {
  const outcome = outcomeOf(productCode)
  switch (outcome) {
    case 'success-at-once':
    case 'partial':
      return 'deliver'
    case 'pending-success':
      return isLater ? 'deliver' : 'work'
    case 'pending-failure':
      return isLater ? 'rejected' : 'work'
    case 'pending-for-ever':
      return 'work'
    case 'timeout-after':
      return isQuestion || tries > 1 ? 'deliver' : 'say_nothing'
    case 'timeout-before':
      if (tries > 1) return 'operator_unavailable'
      return isQuestion ? 'know_nothing' : 'say_nothing'
    case 'invalid-recipient':
    case 'account-not-found':
      return 'invalid_recipient'
    case 'operator-unavailable':
      return 'operator_unavailable'
    case 'out-of-stock':
      return 'out_of_stock'
  }
}
