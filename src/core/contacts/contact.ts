/** Where the goods of an order go; undefined: nobody said. */
export type OrderContacts = {
  readonly buyerEmail: string | undefined
  readonly beneficiaryEmail: string | undefined
  readonly beneficiaryTelephone: string | undefined
}
