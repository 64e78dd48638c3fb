import { setPartnerTerms } from '../core/catalogue/set-partner-terms.ts'
import { findPartner } from '../core/partners/find-partner.ts'
import { printDecimal } from '../values/decimal.ts'
import { percentScale } from '../values/money.ts'
import { command } from './command.ts'
import { decimal, option } from './params.ts'
import { partnerArgument } from './references.ts'

const percent = decimal(percentScale, 'must be a percentage with at most 6 fraction digits, such as 2.5')

export const partnerTerms = command({
  name: 'terms',
  summary: 'Set what a partner pays where prices follow the exchange rate.',
  details: [
    'Its rate is the mid rate × (1 + margin ÷ 100); it pays the face value at that rate × (1 − discount ÷ 100). Formats that price by rules do not look at this.',
  ],
  examples: ['partner terms ops@acme.example --fx-margin 2 --discount 3.5'],
  params: {
    partner: partnerArgument,
    fxMargin: option('--fx-margin <percent>', 'percent on the mid rate (0)', percent, 0n),
    discount: option('--discount <percent>', 'percent off (0)', percent, 0n),
  },
  async run(context, { partner, fxMargin, discount }) {
    const database = await context.database()
    const { id: partnerId, name } = await findPartner(database, partner)
    await database.inTransaction((tx) =>
      setPartnerTerms(tx, {
        partnerId,
        fxMarginPercent: fxMargin,
        discountPercent: discount,
        actor: context.actor,
      }),
    )
    const [margin, off] = [printDecimal(fxMargin, percentScale), printDecimal(discount, percentScale)]
    return {
      json: { partner: partnerId, fxMarginPercent: margin, discountPercent: off },
      text: [`${name} has a margin of ${margin} % on rates and a discount of ${off} %.`],
    }
  },
})
