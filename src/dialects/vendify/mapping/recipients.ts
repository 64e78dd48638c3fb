import type { ProductField } from '../../../core/catalogue/catalogue.ts'
import type { FieldProblem } from '../../../values/failure.ts'
import type { OrderBody } from '../wire/orders.ts'

type Names = Pick<
  OrderBody,
  'uniqueAccountId' | 'accountName' | 'accountTelephone' | 'beneficiaryTelephone' | 'beneficiaryEmail'
>

/**
 * Fills a product's own fields from what this wire calls them: `uniqueAccountId` is the account, or the phone where a phone is all that is
 * credited; beside an account, a phone is `accountTelephone`.
 */
export function readRecipient(
  fields: readonly ProductField[],
  given: Names,
): { readonly recipient: Readonly<Record<string, string>>; readonly problems: readonly FieldProblem[] } {
  const hasAccount = fields.some(({ code }) => code === 'account')
  const problems: FieldProblem[] = []
  const recipient: Record<string, string> = {}
  for (const field of fields) {
    const [name, value] = source(field, given, hasAccount)
    const text = value?.trim() ?? ''
    const sentence = problemOf(field, name, text)
    if (sentence !== undefined) problems.push({ field: name, sentence })
    else if (text !== '') recipient[field.code] = text
  }
  return { recipient, problems }
}

function source(
  { code }: ProductField,
  given: Names,
  hasAccount: boolean,
): readonly [name: string, value: string | null | undefined] {
  if (code === 'account' || (code === 'phone' && !hasAccount))
    return ['uniqueAccountId', given.uniqueAccountId]
  if (code === 'phone') return ['accountTelephone', given.accountTelephone ?? given.beneficiaryTelephone]
  if (code === 'email') return ['beneficiaryEmail', given.beneficiaryEmail]
  if (code === 'name') return ['accountName', given.accountName]
  return [code, undefined]
}

function problemOf(field: ProductField, name: string, text: string): string | undefined {
  if (text === '') return field.required ? `${name} is required for this product.` : undefined
  if (field.type === 'phone' && !/^\+?[1-9]\d{6,14}$/.test(text))
    return `${name} must be a phone number in international form, such as +2348038030133.`
  const isMatch = field.pattern === undefined || new RegExp(`^(?:${field.pattern})$`, 'u').test(text)
  return isMatch ? undefined : `${name} has the wrong format.`
}
