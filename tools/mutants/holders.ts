import type { Mutant } from './mutant.ts'

const ask = 'src/core/holders/ask-for-code.ts'
const prove = 'src/core/holders/prove-code.ts'
const pages = 'src/dialects/giftpesa/routes/holder-pages.ts'
const pagesTest = 'src/dialects/giftpesa/routes/holder-pages.test.ts'
const menuTest = 'src/dialects/giftpesa/routes/ussd.test.ts'

/** What would let a stranger spend what is on somebody's telephone, or its owner pay twice. */
export const holderMutants: readonly Mutant[] = [
  {
    name: 'any-code-opens-the-page',
    file: prove,
    search: 'if (!equalInConstantTime(',
    replace: 'if (given === "" && !equalInConstantTime(',
    test: { file: pagesTest, title: 'five wrong ones end it' },
  },
  {
    name: 'guesses-without-end',
    file: prove,
    search: "wrong: ['one_time_code_wrong'],",
    replace: 'wrong: [],',
    test: { file: menuTest, title: 'five wrong ones' },
  },
  {
    name: 'codes-live-for-ever',
    file: 'src/core/holders/holders.sql.ts',
    search: 'and purpose = ${purpose} and expires_at > clock_timestamp()',
    replace: 'and purpose = ${purpose}',
    test: { file: pagesTest, title: 'that has ended opens nothing' },
  },
  {
    name: 'codes-for-whoever-knows-the-telephone',
    file: 'src/core/holders/holders.sql.ts',
    search: '${requestHash === undefined ? sql`` : sql`and request_hash = ${requestHash}`}',
    replace: '${requestHash === undefined ? sql`` : sql`and ${requestHash}::bytea is not null`}',
    test: { file: pagesTest, title: 'only for the page that asked' },
  },
  {
    name: 'messages-without-end',
    file: ask,
    search: 'await limitAsks(tx, `ask:${purpose}:${phone}`, asksMost.phone)',
    replace: 'await limitAsks(tx, `ask:${purpose}:${phone}`, 1_000)',
    test: { file: pagesTest, title: 'five times an hour' },
  },
  {
    name: 'a-code-for-every-telephone',
    file: ask,
    search: 'if (worth > 0n) await send',
    replace: 'if (worth >= 0n) await send',
    test: { file: pagesTest, title: 'and to no other' },
  },
  {
    name: 'a-press-is-a-payment',
    file: pages,
    search: 'transactionId: `web:${session.id}:${form}`,',
    replace: 'transactionId: `web:${randomCharacters(formAlphabet, 32)}`,',
    test: { file: pagesTest, title: 'made once however often' },
  },
  {
    name: 'other-sites-may-pay',
    file: pages,
    search: '      requireOwnOrigin(request, services)\n',
    replace: '',
    test: { file: pagesTest, title: 'does nothing for another site' },
  },
  {
    name: 'receipts-for-everybody',
    file: 'src/core/redemptions/find-redemption.ts',
    search: '.find((one) => one.phone === phone)',
    replace: '.find((one) => phone !== undefined && one.phone !== undefined)',
    test: { file: pagesTest, title: "another telephone's receipt" },
  },
  {
    name: 'a-code-pays-each-time',
    file: 'src/core/holders/pay-by-code.ts',
    search: 'transactionId: `ussd:${id}`',
    replace: 'transactionId: `ussd:${id}:${Math.random()}`',
    test: { file: menuTest, title: 'pays at a till with the code' },
  },
  {
    name: 'gateways-without-a-key',
    file: 'src/core/holders/holders.sql.ts',
    search: 'where token_hash = ${tokenHash} and revoked_at is null',
    replace: 'where token_hash = ${tokenHash}',
    test: { file: menuTest, title: 'until that is revoked' },
  },
]
