import type { Mutant } from './mutant.ts'

const core = 'src/core/settlements'
const payoutTest = `${core}/settlements.test.ts`
const detailsTest = `${core}/bank-details.test.ts`
const statementTest = `${core}/statement.test.ts`

/** What would pay merchants too much, twice, to a stranger, or by one person alone. */
export const settlementMutants: readonly Mutant[] = [
  {
    name: 'one-person-pays-out',
    file: `${core}/decide-settlement.ts`,
    search: "if (settlement.proposedBy === actor) throw new Failure('second_person_required')",
    replace: "if (settlement.proposedBy === '') throw new Failure('second_person_required')",
    test: { file: payoutTest, title: 'moves nothing until another person approves it, and then once' },
  },
  {
    name: 'payout-beyond-what-is-owed',
    file: 'src/core/ledger/payables.sql.ts',
    search: 'and (${change}::bigint > 0 or balance + ${change}::bigint >= 0)',
    replace: 'and (${change}::bigint > 0 or balance >= 0)',
    test: { file: payoutTest, title: 'nothing falls below zero' },
  },
  {
    name: 'two-approvers-two-payouts',
    file: `${core}/settlements.sql.ts`,
    search: 'where s.id = ${id} for no key update of s`',
    replace: 'where s.id = ${id}`',
    test: { file: payoutTest, title: 'is decided once by those who decide at once' },
  },
  {
    name: 'proposals-beside-each-other',
    file: `${core}/propose-payout.ts`,
    search: 'if (isNew && (await selectFree(tx, { partnerId, merchant, currency })) < 0n)',
    replace: 'if (isNew && (await selectFree(tx, { partnerId, merchant, currency })) < -amount)',
    test: { file: payoutTest, title: 'counts what is proposed already as gone' },
  },
  {
    name: 'payout-comes-back-again',
    file: `${core}/decide-settlement.ts`,
    search: '  await markReturned(tx, payout.partnerId, payout.id)\n',
    replace: '',
    test: { file: payoutTest, title: 'is owed again when another person approves it, once' },
  },
  {
    name: 'unconfirmed-account-is-paid-to',
    file: `${core}/details.sql.ts`,
    search: "and currency = ${currency} and state = 'confirmed' for share`)",
    replace: "and currency = ${currency} and state in ('entered', 'confirmed') for share`)",
    test: { file: detailsTest, title: 'before another person confirmed them' },
  },
  {
    name: 'one-person-says-where-money-goes',
    file: `${core}/decide-details.ts`,
    search: "if (found.enteredBy === actor) throw new Failure('second_person_required')",
    replace: "if (found.enteredBy === '') throw new Failure('second_person_required')",
    test: { file: detailsTest, title: 'before another person confirmed them' },
  },
  {
    name: 'payout-to-the-former-account',
    file: `${core}/decide-settlement.ts`,
    search: 'if (confirmedId !== payout.bankDetailsId) {',
    replace: 'if (confirmedId === undefined) {',
    test: { file: detailsTest, title: 'that another was confirmed for after it was proposed' },
  },
  {
    name: 'account-changes-under-a-payout',
    file: `${core}/details.sql.ts`,
    search: "and state = 'confirmed' for share`)",
    replace: "and state = 'confirmed'`)",
    test: { file: detailsTest, title: 'nobody confirms another account' },
  },
  {
    name: 'line-in-two-statements',
    file: `${core}/statements.sql.ts`,
    search:
      'where e.partner_id = ${account.partnerId} and e.account = ${account.account} and e.number is not null and t.created_at < ${moment}\n    order by e.number desc limit 1',
    replace:
      'where e.partner_id = ${account.partnerId} and e.account = ${account.account} and e.number is not null and t.created_at < ${moment}\n    order by t.created_at desc limit 1',
    test: { file: statementTest, title: 'is in one statement still' },
  },
  {
    name: 'other-amount-under-a-reference',
    file: `${core}/propose-payout.ts`,
    search: '      found.amount === amount &&\n',
    replace: '',
    test: { file: payoutTest, title: 'another under it is refused' },
  },
]
