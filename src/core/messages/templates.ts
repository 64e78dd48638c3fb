import type { Locale } from '../../values/locale.ts'
import type { Channel } from './message.ts'
import { texts } from './texts.ts'

/** Every message there is, and the facts that it tells. Amounts are texts, printed already. */
type TemplateFacts = {
  readonly webhook_disabled: { readonly url: string; readonly reason: string; readonly failures: number }
  readonly low_balance: { readonly wallet: string; readonly currency: string; readonly balance: string }
  readonly order_delivered: {
    readonly order: string
    readonly product: string
    readonly codes: readonly string[]
  }
  readonly voucher_issued: {
    readonly amount: string
    readonly currency: string
    readonly code: string
    readonly company: string
    /** A day, or empty: it does not expire. */
    readonly expires: string
  }
  readonly voucher_spent: {
    readonly receipt: string
    readonly amount: string
    readonly currency: string
    readonly merchant: string
    /** The outlet. */
    readonly till: string
    /** "2026-11-26 12:00 UTC" */
    readonly at: string
  }
  readonly holder_code: { readonly code: string; readonly minutes: number }
  readonly payment_code: {
    readonly code: string
    readonly amount: string
    readonly currency: string
    readonly merchant: string
    /** The outlet. */
    readonly till: string
    readonly minutes: number
  }
  readonly login_code: { readonly code: string; readonly minutes: number }
  readonly user_invited: {
    readonly name: string
    readonly company: string
    readonly url: string
    readonly days: number
  }
  readonly password_reset: { readonly url: string; readonly minutes: number }
  readonly delivery_changed: { readonly order: string; readonly key: string }
  readonly call_opened: {
    readonly call: string
    /** "2026-11-26 12:00 UTC" */
    readonly at: string
    /** Method and path. */
    readonly what: string
    readonly actor: string
  }
  readonly report_ready: { readonly report: string; readonly url: string; readonly days: number }
  readonly instalment_due: InstalmentFacts
  readonly instalment_late: InstalmentFacts
  readonly low_stock: { readonly sku: string; readonly left: number }
}

type InstalmentFacts = {
  readonly seller: string
  /** The shop's own name for it. */
  readonly order: string
  readonly amount: string
  readonly currency: string
  readonly day: string
}

export type TemplateCode = keyof TemplateFacts

/** A template's code with the facts that belong to it. */
export type TemplateCall = {
  readonly [Code in TemplateCode]: { readonly template: Code; readonly facts: TemplateFacts[Code] }
}[TemplateCode]

/** What is told of one message in one channel and language, in Liquid. */
export type TemplateSource = {
  /** Empty for a short message. */
  readonly subject: string
  readonly text: string
  /** A mail may say the same in HTML, too. */
  readonly html?: string | undefined
}

export type Template<Code extends TemplateCode = TemplateCode> = {
  /** When it is sent. */
  readonly summary: string
  /** Facts to try a text with; their names are the variables there are. */
  readonly sample: TemplateFacts[Code]
  /** Variables that must not get into a subject, which is stored and listed in clear. */
  readonly secrets: readonly (keyof TemplateFacts[Code] & string)[]
  /** Nobody wants it any more after so many minutes; absent: after a week. */
  readonly usefulMinutes?: number
}

/** Every template. The house's built-in texts stand in `texts.ts`; an operator may put others in their place. */
export const templates: { readonly [Code in TemplateCode]: Template<Code> } = {
  webhook_disabled: {
    summary: 'to a partner whose webhook endpoint was disabled',
    sample: { url: 'https://shop.example/hooks', reason: 'The receiver answered 410 Gone.', failures: 12 },
    secrets: [],
  },
  low_balance: {
    summary: 'to a partner whose wallet runs low',
    sample: { wallet: 'USD-1', currency: 'USD', balance: '12.50' },
    secrets: [],
  },
  order_delivered: {
    summary: 'to a customer, with the codes of an order',
    sample: { order: 'A-1001', product: 'Gift card 10 USD', codes: ['AAAA-BBBB-CCCC', 'DDDD-EEEE-FFFF'] },
    secrets: ['codes'],
  },
  voucher_issued: {
    summary: 'to whom a voucher was issued',
    sample: {
      amount: '25.00',
      currency: 'USD',
      code: 'VVVV-WWWW-XXXX',
      company: 'Example Ltd',
      expires: '2030-12-31',
    },
    secrets: ['code'],
  },
  voucher_spent: {
    summary: 'to the holder of a voucher, when value was taken from it at a till',
    sample: {
      receipt: 'PEKL98SX',
      amount: '10',
      currency: 'KES',
      merchant: 'Naivas',
      till: 'Eastgate',
      at: '2026-11-26 12:00 UTC',
    },
    secrets: [],
  },
  holder_code: {
    summary: 'to the owner of a telephone who wants to see and spend its vouchers on the web',
    sample: { code: '482913', minutes: 5 },
    secrets: ['code'],
    usefulMinutes: 5,
  },
  payment_code: {
    summary: 'to the owner of a telephone who pays with its vouchers by USSD',
    sample: {
      code: '482913',
      amount: '70.00',
      currency: 'KES',
      merchant: 'Example Stores',
      till: 'Eastgate',
      minutes: 5,
    },
    secrets: ['code'],
    usefulMinutes: 5,
  },
  login_code: {
    summary: 'to a user who signs in',
    sample: { code: '482913', minutes: 10 },
    secrets: ['code'],
    usefulMinutes: 15,
  },
  user_invited: {
    summary: 'to somebody who was given access to the portal or the console',
    sample: {
      name: 'Ada Obi',
      company: 'Example Ltd',
      url: 'https://scrip.example/portal/welcome#sample',
      days: 7,
    },
    secrets: ['url'],
    usefulMinutes: 10_080,
  },
  password_reset: {
    summary: 'to a user who forgot the password',
    sample: { url: 'https://scrip.example/reset?token=sample', minutes: 30 },
    secrets: ['url'],
    usefulMinutes: 60,
  },
  delivery_changed: {
    summary: 'to a partner’s administrator, when a key sent an order somewhere else',
    sample: { order: 'A-1001', key: '0199a1b2-0000-7000-8000-000000000000' },
    secrets: [],
  },
  call_opened: {
    summary: 'to whoever opened a call of the API log, so that nobody does in another’s name',
    sample: {
      call: '0199a1b2-0000-7000-8000-000000000000',
      at: '2026-11-26 12:00 UTC',
      what: 'POST /vendify/api/v1/orders',
      actor: 'cli:ada',
    },
    secrets: [],
  },
  report_ready: {
    summary: 'to a partner’s administrator, with the link to a report',
    sample: {
      report: 'TransactionHistory, 2026-01-01 to 2026-12-31',
      url: 'https://scrip.example/report?token=sample',
      days: 7,
    },
    secrets: ['url'],
  },
  instalment_due: {
    summary: 'to a buyer on credit, some days before an instalment is due',
    sample: { seller: 'Example Ltd', order: '#1001', amount: '353.06', currency: 'GBP', day: '2027-01-31' },
    secrets: [],
  },
  instalment_late: {
    summary: 'to a buyer on credit, when an instalment was not paid in time',
    sample: { seller: 'Example Ltd', order: '#1001', amount: '353.06', currency: 'GBP', day: '2027-01-31' },
    secrets: [],
  },
  low_stock: {
    summary: 'to the operator, when few codes of a SKU are left',
    sample: { sku: 'GIFT-USD-10', left: 7 },
    secrets: [],
  },
}

export const templateCodes = Object.keys(templates) as readonly TemplateCode[] // The keys of that very object.

/** The code as one of the list; undefined if it is none. */
export function parseTemplateCode(text: string): TemplateCode | undefined {
  return templateCodes.find((code) => code === text)
}

/** The house's own text. */
export function builtInSource(code: TemplateCode, channel: Channel, locale: Locale): TemplateSource {
  const { subject, mail, sms } = texts[code][locale]
  return channel === 'mail' ? { subject, text: mail } : { subject: '', text: sms }
}

/** The names that a text may use; a subject only those that are no secrets. */
export function variablesOf(code: TemplateCode, part: 'subject' | 'body'): string[] {
  const names = Object.keys(templates[code].sample)
  if (part === 'body') return names
  const secrets: readonly string[] = templates[code].secrets
  return names.filter((name) => !secrets.includes(name))
}
