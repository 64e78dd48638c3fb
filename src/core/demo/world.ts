/** What a client needs to try each dialect, made for this installation: shown once. */
export type DemoWorld = { readonly giftapi: { readonly token: string; readonly partnerSecret: string } }

/** How far the making of the demo world is. */
export type DemoProgress = { readonly step: string; readonly done: number; readonly total: number }
