import type { RefusalReason } from '../../core/fulfilment/supplier.ts'

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

/** The account decides by its last three digits; only where there is none, the product's code does by its ending. */
export function outcomeOf(productCode: string, account: string | undefined): Outcome {
  if (account !== undefined) return byDigits.get(account.replaceAll(/\D/g, '').slice(-3)) ?? 'success-at-once'
  const ending = /^SANDBOX-[A-Z]+-([A-Z-]+)$/i.exec(productCode)?.[1]?.toLowerCase()
  return outcomes.find((outcome) => outcome === ending) ?? 'success-at-once'
}

/** Who is credited: the account or meter before the phone, which some billers want beside it. Undefined for what is just handed out. */
export function accountOf(recipient: Readonly<Record<string, string>>): string | undefined {
  return ['account', 'meter', 'smartcard', 'phone'].map((field) => recipient[field]).find(isGiven)
}

/** When somebody calls. */
export type Moment = {
  /** Whether it is asked what became of the purchase, rather than bought. */
  readonly isQuestion: boolean
  /** Whether the sandbox delay has passed since the first try. */
  readonly isLater: boolean
  readonly tries: number
}

export type Step = 'deliver' | 'work' | 'say_nothing' | 'know_nothing' | RefusalReason

/** What the supplier does at that moment, which follows from the moment alone: nothing has to be remembered. */
export function stepOf(outcome: Outcome, { isQuestion, isLater, tries }: Moment): Step {
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

const byDigits: ReadonlyMap<string, Outcome> = new Map([
  ['901', 'pending-success'],
  ['902', 'pending-failure'],
  ['903', 'invalid-recipient'],
  ['904', 'operator-unavailable'],
  ['905', 'timeout-after'],
  ['906', 'timeout-before'],
  ['907', 'pending-for-ever'],
  ['908', 'account-not-found'],
])

function isGiven(value: string | undefined): boolean {
  return value !== undefined && value !== ''
}
