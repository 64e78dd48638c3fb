import { Type } from 'typebox'
import type { Static } from 'typebox'

export const MerchantReply = Type.Object({
  MerchantID: Type.String({ examples: ['naivas'] }),
  Merchant: Type.String({ examples: ['Naivas'] }),
  Category: Type.Object({
    ID: Type.String({ examples: ['supermarkets'] }),
    Label: Type.String({ examples: ['Supermarkets'] }),
  }),
})
export type MerchantReply = Static<typeof MerchantReply>
