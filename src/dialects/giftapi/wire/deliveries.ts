import { Type } from 'typebox'
import type { Static } from 'typebox'
import { nullable } from './envelope.ts'

/** A delivered eSIM. */
export const EsimDelivery = Type.Object({
  iccid: Type.String({ examples: ['8944422711108338982'] }),
  qr_code: Type.String({
    description: 'The text that the QR code holds.',
    examples: ['LPA:1$smdp.example.com$ABC-123-DEF'],
  }),
  smdp_address: Type.String({ examples: ['smdp.example.com'] }),
  activation_code: Type.String({ examples: ['ABC-123-DEF'] }),
  ios_install_url: Type.String({ description: 'Opens the installation on an iPhone.' }),
  android_install_url: Type.String({ description: 'Opens the installation on an Android phone.' }),
})
export type EsimDelivery = Static<typeof EsimDelivery>

/** What was done at the recipient's account. */
export const ReceiptDelivery = Type.Union([
  Type.Object({
    status: Type.String({ examples: ['success'] }),
    message: Type.String(),
    operator_reference: nullable(Type.String({ description: "The operator's own reference." })),
  }),
  Type.Object({
    iccid: Type.String({ examples: ['8944422711108338982'] }),
    status: Type.Literal('recharged'),
    message: Type.String({ examples: ['Package successfully added to existing eSIM'] }),
  }),
])
export type ReceiptDelivery = Static<typeof ReceiptDelivery>
