import type { Mutant } from './mutant.ts'

const core = (name: string): string => `src/core/checkout/${name}`
const decideTest = core('decide-checkout.test.ts')
const instalmentsTest = core('instalments.test.ts')
const scheduleTest = core('schedule.test.ts')
const lenderTest = 'src/payers/http-lender/payer.test.ts'
const wireTest = 'src/dialects/iwocapay/routes/orders.test.ts'

/** What would pay a shop wrongly, or make a buyer owe what nobody agreed to. */
export const checkoutMutants: readonly Mutant[] = [
  {
    name: 'buyers-that-do-not-stand-in-line',
    file: 'src/core/checkout/agree-checkout.ts',
    search: 'await takeBuyerPlace(tx, buyer.email)',
    replace: 'BigInt(Date.now() + Number(takeBuyerPlace.length) * 0)',
    test: {
      file: 'src/core/checkout/decide-checkout.test.ts',
      title: 'of two agreements of one buyer at once',
    },
  },
  {
    name: 'order-refused-for-new-terms',
    file: 'src/core/checkout/create-checkout.ts',
    search: "isStorableJson(idempotencyKey ?? '') ? await repeat() : undefined",
    replace: 'undefined',
    test: { file: 'src/core/checkout/decide-checkout.test.ts', title: 'taken once is answered for ever' },
  },
  {
    name: 'restarted-as-an-application',
    file: 'src/core/checkout/decisions.sql.ts',
    search: "when c.status = 'approved' then 'paying' when c.status = 'unsuccessful' then 'withdrawing'",
    replace: "when c.status = 'approved' then 'waiting'",
    test: {
      file: 'src/core/checkout/decide-checkout.test.ts',
      title: 'what a person restarts goes on where its order is',
    },
  },
  {
    name: 'approve-on-silence',
    file: core('decision.ts'),
    search: "    case 'pending':\n    case 'unknown':",
    replace: "    case 'unknown':\n      return { kind: 'approve' }\n    case 'pending':",
    test: { file: decideTest, title: 'silence decides nothing' },
  },
  {
    name: 'apply-again-instead-of-asking',
    file: core('decision.ts'),
    search: "return sends === 0 ? 'apply' : 'inquire'",
    replace: "return 'apply'",
    test: { file: decideTest, title: 'silence decides nothing' },
  },
  {
    name: 'agree-twice',
    file: core('agree-checkout.ts'),
    search: 'if (checkout.chosen !== undefined) return { isRepeat: true }',
    replace: '',
    test: { file: decideTest, title: 'of 50 agreements at once one is taken' },
  },
  {
    name: 'keep-the-claim-of-a-cancelled-order',
    file: core('decisions.sql.ts'),
    search: "case when sends = 0 then 'withdrawn' else 'withdrawing' end, fence = fence + 1,",
    replace: "case when sends = 0 then 'withdrawn' else state end,",
    test: { file: decideTest, title: 'an order that is cancelled while its payer thinks is not paid out' },
  },
  {
    name: 'begin-after-the-time',
    file: core('checkouts.sql.ts'),
    search: "when === 'in_time' ? sql`and expires_at > now()`",
    replace: "when === 'in_time' ? sql``",
    test: { file: decideTest, title: 'an order whose time is over ends by itself' },
  },
  {
    name: 'pay-the-fee-out-too',
    file: core('checkout.ts'),
    search: "return feePayer === 'seller' ? amount - fee : amount",
    replace: 'return amount',
    test: { file: decideTest, title: 'an approved order is paid out once, less the fee' },
  },
  {
    name: 'lend-twice-to-one-address',
    file: core('agree-checkout.ts'),
    search: '.trim().toLowerCase() }',
    replace: ' }',
    test: { file: decideTest, title: 'a buyer with another order on credit open is declined' },
  },
  {
    name: 'second-word-at-the-bank',
    file: core('decisions.sql.ts'),
    search: "state = 'waiting' and word is null and",
    replace: "state = 'waiting' and",
    test: { file: decideTest, title: 'what is paid at once waits for the word' },
  },
  {
    name: 'refund-by-one-person',
    file: core('settle-refund.ts'),
    search: "if (refund.proposedBy === actor) throw new Failure('second_person_required')",
    replace: '',
    test: { file: instalmentsTest, title: 'a refund takes two persons' },
  },
  {
    name: 'refund-without-forgiving',
    file: core('settle-refund.ts'),
    search: 'principal: owed - forgiven,',
    replace: 'principal: owed,',
    test: { file: instalmentsTest, title: 'a refund takes two persons' },
  },
  {
    name: 'collect-twice',
    file: core('instalments.sql.ts'),
    search: "and number = ${number} and state in ('due', 'late')",
    replace: 'and number = ${number}',
    test: { file: instalmentsTest, title: 'an instalment is booked once' },
  },
  {
    name: 'remind-every-hour',
    file: core('instalments.sql.ts'),
    search: "where state = 'due' and reminded_at is null and",
    replace: "where state = 'due' and",
    test: { file: instalmentsTest, title: 'a buyer is reminded once before' },
  },
  {
    name: 'drop-what-rounding-leaves',
    file: core('schedule.ts'),
    search: 'const part = isLast ? owed : ',
    replace: 'const part = ',
    test: { file: scheduleTest, title: 'each is exact to the penny' },
  },
  {
    name: 'months-run-over',
    file: core('schedule.ts'),
    search: 'Math.min(date, lastDate)',
    replace: 'date',
    test: { file: scheduleTest, title: 'is the same day, or the last one where there is none' },
  },
  {
    name: 'believe-unsigned-answers',
    file: 'src/payers/http-lender/payer.ts',
    search: "if (!isAuthentic(message, reply.headers['x-signature'], Date.now()))",
    replace: 'if (!message)',
    test: { file: lenderTest, title: 'signs with another secret' },
  },
  {
    name: 'believe-answers-to-other-calls',
    file: 'src/payers/http-lender/payer.ts',
    search: 'subject: `${reply.status} ${subject}`,\n',
    replace: 'subject: `200 GET /applications/other`,\n',
    test: { file: lenderTest, title: 'signs another answer' },
  },
  {
    name: 'show-another-shops-order',
    file: core('find-checkout.ts'),
    search: 'if (found === undefined || (partnerId !== undefined && found.partnerId !== partnerId))',
    replace: 'if (found === undefined)',
    test: { file: wireTest, title: 'another shop’s order as one that does not exist' },
  },
  {
    name: 'create-a-repeat-anew',
    file: core('create-checkout.ts'),
    search: 'storedCheckout(tx, found?.id ?? id)',
    replace: 'storedCheckout(tx, id)',
    test: { file: wireTest, title: 'a create with an Idempotency-Key is repeated' },
  },
]
