/** What a client needs to try each dialect, made for this installation: shown once. */
export type DemoWorld = {
  readonly iascroft: {
    readonly secretKey: string
    readonly starterSecretKey: string
    readonly enterpriseSecretKey: string
  }
  readonly giftapi: { readonly token: string; readonly partnerSecret: string }
  readonly iwocapay: { readonly sellerId: string; readonly accessToken: string }
  readonly vendify: {
    readonly apiKey: string
    readonly privateKey: string
    readonly noncePrefix: string
    /** Codes of wallets by currency. */
    readonly walletIds: Readonly<Record<string, string>>
  }
  readonly giftpesa: {
    readonly username: string
    readonly apiKey: string
    /** PEM. */
    readonly publicKey: string
    /** A till's number by its merchant's code. */
    readonly tills: Readonly<Record<string, string>>
  }
  readonly partner: DemoPerson
  readonly operator: DemoPerson
  readonly secondOperator: DemoPerson
}

/** Somebody who signs in. */
type DemoPerson = { readonly email: string; readonly password: string }

/** How far the making of the demo world is. */
export type DemoProgress = { readonly step: string; readonly done: number; readonly total: number }
