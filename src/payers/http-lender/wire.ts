import type { RawNumber } from '../../values/json.ts'

/** What is put to the lender: `PUT /applications/{reference}`. Amounts are numbers of major units, exactly to the penny. */
export type ApplicationBody = {
  readonly reference: string
  readonly amount: RawNumber
  readonly currency: string
  readonly seller: string
  readonly order: string
  readonly buyer: {
    readonly company: string
    readonly email: string
    readonly annual_turnover: RawNumber
  }
  readonly open_orders: number
  readonly instalments: readonly {
    readonly due_on: string
    readonly principal: RawNumber
    readonly interest: RawNumber
  }[]
  readonly return_url: string
}

/** What the lender answers to all calls. */
export type ApplicationReply = {
  readonly reference: string
  readonly state: 'approved' | 'declined' | 'pending' | 'withdrawn'
  readonly lender_reference: string | undefined
  readonly detail: string | undefined
  readonly continue_url: string | undefined
}

/** Reads a reply; undefined for all that is not one. */
export function readReply(body: unknown): ApplicationReply | undefined {
  if (typeof body !== 'object' || body === null) return undefined
  const fields = new Map(Object.entries(body))
  const text = (name: string): string | undefined => {
    const value: unknown = fields.get(name)
    return typeof value === 'string' && value.length <= 2_048 ? value : undefined
  }
  const [reference, state] = [text('reference'), states.find((one) => one === fields.get('state'))]
  if (reference === undefined || state === undefined) return undefined
  return {
    reference,
    state,
    lender_reference: text('lender_reference'),
    detail: text('detail'),
    continue_url: text('continue_url'),
  }
}

const states = ['approved', 'declined', 'pending', 'withdrawn'] as const
