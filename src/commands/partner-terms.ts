import { findPartner } from '../core/partners/find-partner.ts'
import { printDecimal } from '../values/decimal.ts'
import { percentScale } from '../values/money.ts'
import { changePricesBy, priceProposed } from './catalogue-price-changes.ts'
import { command } from './command.ts'
import { decimal, option } from './params.ts'
import { partnerArgument } from './references.ts'

const percent = decimal(percentScale, 'must be a percentage with at most 6 fraction digits, such as 2.5')

export const partnerTerms = command({
  name: 'terms',
  summary: 'Set what a partner pays where prices follow the exchange rate.',
  details: [
    'Its rate is the mid rate × (1 + margin ÷ 100); it pays the face value at that rate × (1 − discount ÷ 100). Formats that price by rules do not look at this.',
    'Where both together sell more than 10 % beneath face value, they are proposed, and another person approves them, unless this is a sandbox.',
  ],
  examples: ['partner terms ops@acme.example --fx-margin 2 --discount 3.5'],
  params: {
    partner: partnerArgument,
    fxMargin: option('--fx-margin <percent>', 'percent on the mid rate (0)', percent, 0n),
    discount: option('--discount <percent>', 'percent off (0)', percent, 0n),
  },
  async run(context, { partner, fxMargin, discount }) {
    const { id: partnerId, name } = await findPartner(await context.database(), partner)
    const terms = { partnerId, fxMarginPercent: fxMargin, discountPercent: discount }
    const done = await changePricesBy(context, { kind: 'terms', terms })
    if (!done.holds) return priceProposed(done, { partner: partnerId })
    const [margin, off] = [printDecimal(fxMargin, percentScale), printDecimal(discount, percentScale)]
    return {
      json: { partner: partnerId, fxMarginPercent: margin, discountPercent: off },
      text: [`${name} has a margin of ${margin} % on rates and a discount of ${off} %.`],
    }
  },
})
