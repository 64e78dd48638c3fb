import type { Merchant } from '../../../core/merchants/merchant.ts'
import type { MerchantReply } from '../wire/merchants.ts'

export function toMerchantReply({ code, name, category }: Merchant): MerchantReply {
  return { MerchantID: code, Merchant: name, Category: { ID: category.code, Label: category.name } }
}
