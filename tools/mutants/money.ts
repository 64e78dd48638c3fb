import type { Mutant } from './mutant.ts'

const overdraft = 'src/core/ledger/change-overdraft.ts'
const overdraftTest = 'src/core/ledger/change-overdraft.test.ts'

/** What would let one person make money. */
export const moneyMutants: readonly Mutant[] = [
  {
    name: 'credit-by-one-person',
    file: overdraft,
    search: "  if (proposal.proposedBy === actor) throw new Failure('second_person_required')\n",
    replace: '',
    test: { file: overdraftTest, title: 'is proposed by one person and given by another' },
  },
  {
    name: 'credit-raised-at-once',
    file: overdraft,
    search: 'if (!needsSecond || limit <= present)',
    replace: 'if (!needsSecond || limit >= present)',
    test: { file: overdraftTest, title: 'is proposed by one person and given by another' },
  },
  {
    name: 'price-given-away-by-one-person',
    file: 'src/core/catalogue/change-prices.ts',
    search: "  if (proposal.proposedBy === actor) throw new Failure('second_person_required')\n",
    replace: '',
    test: {
      file: 'src/core/catalogue/change-prices.test.ts',
      title: 'is proposed by one person and put in force by another',
    },
  },
  {
    name: 'price-held-while-it-waits',
    file: 'src/core/catalogue/change-prices.ts',
    search: '  await tx.query(sql`rollback to savepoint tried`)\n',
    replace: '',
    test: {
      file: 'src/core/catalogue/change-prices.test.ts',
      title: 'is proposed by one person and put in force by another',
    },
  },
  {
    name: 'rate-moved-in-small-steps',
    file: 'src/core/catalogue/price-change.ts',
    search: '...(lately.get(pairOf(one)) ?? []).map(({ rate }) => rate)',
    replace: '...(lately.get(pairOf(one)) ?? []).map(() => now)',
    test: { file: 'src/core/catalogue/change-prices.test.ts', title: 'in many small steps' },
  },
  {
    name: 'old-rate-put-in-force',
    file: 'src/core/catalogue/change-prices.ts',
    search: '  await refuseOldRates(tx, proposal)\n',
    replace: '  void refuseOldRates\n',
    test: { file: 'src/core/catalogue/change-prices.test.ts', title: 'once a newer one holds' },
  },
  {
    name: 'credit-paid-out',
    file: 'src/core/ledger/holds.sql.ts',
    search: 'from locked l where not ${hold.isOwnMoney}::boolean or l.own >= ${hold.amount}::bigint',
    replace: 'from locked l where ${hold.isOwnMoney}::boolean is not null',
    test: { file: 'src/core/withdrawals/withdrawals.test.ts', title: 'none of it is paid out' },
  },
  {
    name: 'own-money-read-before-it-is-locked',
    file: 'src/core/ledger/holds.sql.ts',
    search: 'and w.id = ${hold.walletId} for no key update',
    replace: 'and w.id = ${hold.walletId}',
    test: { file: 'src/core/withdrawals/withdrawals.test.ts', title: 'none of it is paid out' },
  },
  {
    name: 'former-matcher-books',
    file: 'src/core/funding/bank.sql.ts',
    search:
      'matchers = case when ${owner.actor} = any (matchers) then matchers else matchers || ${owner.actor}::text end',
    replace: 'matchers = array[${owner.actor}::text]',
    test: { file: 'src/core/funding/bank-line-persons.test.ts', title: 'whoever ever said whose a line is' },
  },
  {
    name: 'our-own-account-is-a-partners',
    file: 'src/core/funding/funding.sql.ts',
    search: 'select from receiving_accounts where ${isAlike(accountNumber)}\n    union all',
    replace: '',
    test: { file: 'src/core/funding/funding.test.ts', title: 'is none of ours' },
  },
  {
    name: 'another-wallets-former-account',
    file: 'src/core/funding/funding.sql.ts',
    search:
      'where ${isAlike(accountNumber)} and not (partner_id = ${wallet.partnerId} and wallet_id = ${wallet.walletId})',
    replace:
      'where ${isAlike(accountNumber)} and ended_at is null and not (partner_id = ${wallet.partnerId} and wallet_id = ${wallet.walletId})',
    test: { file: 'src/core/funding/funding.test.ts', title: 'is none of ours' },
  },
  {
    name: 'our-own-account-in-a-shorter-spelling',
    file: 'src/core/funding/funding.sql.ts',
    search: 'right(account_number, length(${accountNumber}::text)) = ${accountNumber} or ',
    replace: '',
    test: { file: 'src/core/funding/funding.test.ts', title: 'is none of ours' },
  },
  {
    name: 'line-booked-into-a-wallet-that-nobody-saw',
    file: 'src/core/funding/book-line.ts',
    search: 'if (walletId !== undefined && walletId !== command.walletId) {',
    replace: "if (command.actor === '') {",
    test: {
      file: 'src/core/funding/bank-line-persons.test.ts',
      title: 'whose owner is another since the booker has seen it',
    },
  },
  {
    name: 'statements-that-do-not-see-each-other',
    file: 'src/core/funding/bank.sql.ts',
    search: 'await tx.query(sql`lock table bank_statements in share row exclusive mode`)',
    replace: 'void tx',
    test: { file: 'src/core/funding/bank-lines.test.ts', title: 'where both statements come at once' },
  },
  {
    name: 'entry-known-by-its-number-in-a-statement',
    file: 'src/core/funding/camt.ts',
    search: "bankReferenceOf(textOf(entry['AcctSvcrRef']))",
    replace: "bankReferenceOf(textOf(entry['AcctSvcrRef']) || textOf(entry['NtryRef']))",
    test: { file: 'src/core/funding/statements.test.ts', title: 'takes no number of an entry' },
  },
  {
    name: 'overdraft-approved-in-the-other-order',
    file: 'src/core/ledger/change-overdraft.ts',
    search: '  await lockWalletOf(tx, command.id)\n',
    replace: '  void lockWalletOf\n',
    test: { file: 'src/core/ledger/change-overdraft.test.ts', title: 'wait for each other and never both' },
  },
  {
    name: 'approved-by-who-made-the-key',
    file: 'src/core/users/require-second-person.ts',
    search: 'if (by === actor || (await selectIsMaker(db, { partnerId, actor: by, maker: actor })))',
    replace: 'if (by === actor || (await selectIsMaker(db, { partnerId, actor: by, maker: by })))',
    test: {
      file: 'src/dialects/house/routes/second-person.test.ts',
      title: 'is not approved by the operator who made the key',
    },
  },
  {
    name: 'approved-by-who-invited-the-maker',
    file: 'src/core/users/users.sql.ts',
    search: 'where made.by is not null and n.step < 10',
    replace: 'where made.by is not null and n.step < 1',
    test: {
      file: 'src/dialects/house/routes/second-person.test.ts',
      title: 'is not approved by the operator who invited them',
    },
  },
  {
    name: 'operator-by-the-id-of-the-house',
    file: 'src/dialects/house/routes/keys.ts',
    search: "if (id === houseId) throw new Failure('partner_not_found')",
    replace: 'void houseId',
    test: {
      file: 'src/dialects/house/routes/second-person.test.ts',
      title: 'nobody makes an operator by the id under which the house keeps its own',
    },
  },
  {
    name: 'key-of-a-developer-that-pays-out',
    file: 'src/dialects/house/routes/keys.ts',
    search: 'if (formats.some((format) => format.name === name && format.paysOut === true))',
    replace: "if (name === '')",
    test: {
      file: 'src/dialects/house/routes/second-person.test.ts',
      title: 'who may not ask for money to be paid out',
    },
  },
  {
    name: 'live-called-a-sandbox',
    file: 'src/commands/context.ts',
    search: '  await requireEnvironment(database, config.environment)\n',
    replace: '  void requireEnvironment\n',
    test: { file: 'src/commands/bank.test.ts', title: 'is not made by saying that it is a sandbox' },
  },
]
