import type { Mutant } from './mutant.ts'

const supplier = 'src/suppliers/vendify'
const buying = 'test/journeys/buy-from-a-reseller-api.test.ts'
const exports = 'src/core/exports'
const exportsTest = 'src/dialects/vendify/routes/exports.test.ts'
const keepingTest = 'src/dialects/vendify/routes/order-keeping.test.ts'

/** What would buy twice from a reseller API, sell by a wrong price, or show a reseller's affairs to others. */
export const resellerMutants: readonly Mutant[] = [
  {
    name: 'units-under-one-reference',
    file: `${supplier}/mapping/orders.ts`,
    search: 'return `${purchase.reference}/${place + 1}`',
    replace: 'return `${purchase.reference}/${1 + place * 0}`',
    test: { file: buying, title: 'three codes are three orders' },
  },
  {
    name: 'asked-for-the-first-try-alone',
    file: `${supplier}/supplier.ts`,
    search: 'of triesToAsk(unit.purchase.tries)',
    replace: 'of triesToAsk(1)',
    test: { file: buying, title: 'whichever of the tries arrived' },
  },
  {
    name: 'used-nonce-taken-for-a-wrong-key',
    file: `${supplier}/supplier.ts`,
    search: "return question.status === 200 ? judge(question, unit, account) : { state: 'unknown', detail }",
    replace: "return { state: 'busy', detail }",
    test: { file: buying, title: 'the very same call sent twice buys once' },
  },
  {
    name: 'face-value-of-another-currency',
    file: `${supplier}/supplier.ts`,
    search: 'if (code === undefined || code.currency !== purchase.currency) return undefined',
    replace: 'if (code === undefined) return undefined',
    test: { file: buying, title: 'an order is refused for want of stock' },
  },
  {
    name: 'discount-before-the-rule',
    file: 'src/core/catalogue/conversion.ts',
    search: 'return value * (hundredPercent + rule.markupPercent) + rule.markupFixed * hundredPercent',
    replace: 'return value * (hundredPercent + rule.markupPercent)',
    test: { file: keepingTest, title: 'a price rule of the partner’s own counts' },
  },
  {
    name: 'everyones-rule-counts',
    file: 'src/core/catalogue/snapshot.ts',
    search: 'prices.ownRule(partnerId, { sku, product }, walletCurrency)',
    replace: 'prices.ownRule(undefined as never, { sku, product }, walletCurrency)',
    test: { file: keepingTest, title: 'a rule for everyone leaves these prices alone' },
  },
  {
    name: 'rate-shown-to-all',
    file: 'src/dialects/vendify/mapping/orders.ts',
    search: '    metadata: undefined,\n',
    replace: '    metadata: toNotes(purchase),\n',
    test: { file: keepingTest, title: 'kept where no other dialect of the same partner shows it' },
  },
  {
    name: 'two-mails-for-one-report',
    file: `${exports}/exports.sql.ts`,
    search: 'and claimed_until < now()\n',
    replace: '\n',
    test: { file: exportsTest, title: 'that broke off is made by a later try' },
  },
  {
    name: 'report-in-clear',
    file: `${exports}/build-export.ts`,
    search: 'const sealed = await keyRing.sealForPartner(build.partnerId, text, partContext(build, part))',
    replace:
      'const { dataKeyId } = await keyRing.sealForPartner(build.partnerId, text, partContext(build, part))\n    const sealed = { dataKeyId, ciphertext: piece }',
    test: { file: exportsTest, title: 'is kept sealed' },
  },
  {
    name: 'formula-in-a-table',
    file: 'src/platform/spreadsheets.ts',
    search: 'Readable.from(withoutFormulas(rows))',
    replace: 'Readable.from(rows)',
    test: { file: 'src/platform/spreadsheets.test.ts', title: 'lets no cell be a formula' },
  },
  {
    name: 'airtime-over-a-border',
    file: 'src/core/operators/can-credit.ts',
    search: 'return !isOperators(product) || canBeNumberOf(product.country, phone)',
    replace: 'return !isOperators(product) || canBeNumberOf(product.country, phone) || true',
    test: {
      file: 'src/dialects/vendify/routes/supplied-orders.test.ts',
      title: 'is refused for a phone of another country',
    },
  },
  {
    name: 'looking-is-not-told',
    file: 'src/core/calls/open-call.ts',
    search: 'reference: `call-opened:${newId()}`,',
    replace: 'reference: `call-opened:${requestId}`,',
    test: { file: 'src/commands/calls.test.ts', title: 'is mailed that he looked' },
  },
]
