import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { currency, unit } from '../../../test/world.ts'
import { parseXml } from '../../platform/xml.ts'
import { identitiesOf } from './bank.ts'
import { readCamt } from './camt.ts'
import { readBankCsv } from './read-bank-csv.ts'
import { readMt940 } from './swift.ts'

const hash = (text: string) => createHash('sha256').update(text).digest('hex')

const entry = (
  changes: { amount?: string; mark?: string; status?: string; details?: string; reference?: string } = {},
) => {
  const {
    amount = '100.50',
    mark = 'CRDT',
    status = '<Sts><Cd>BOOK</Cd></Sts>',
    details = '',
    reference = 'B-1',
  } = changes
  return `<Ntry><Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>${mark}</CdtDbtInd>${status}<BookgDt><Dt>2027-01-31</Dt></BookgDt><AcctSvcrRef>${reference}</AcctSvcrRef><NtryDtls>${
    details === ''
      ? '<TxDtls><RltdPties><Dbtr><Pty><Nm>Ada &amp; Co</Nm></Pty></Dbtr></RltdPties><RmtInf><Ustrd>SCR222222222J thanks</Ustrd></RmtInf></TxDtls>'
      : details
  }</NtryDtls></Ntry>`
}

const balance = (code: string, amount: string) =>
  `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>`

const camt = (entries: string, closing = '1100.50') =>
  `<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Acct><Id><IBAN>DE89 3704 0044 0532 0130 00</IBAN></Id></Acct>${balance('OPBD', '1000')}${balance('CLBD', closing)}${entries}</Stmt></BkToCstmrStmt></Document>`

describe('camt.053', () => {
  test('gives each booked entry with its text, payer and reference', () => {
    expect(readCamt(parseXml(camt(entry())))).toEqual([
      {
        line: 1,
        account: 'DE89370400440532013000',
        bookedOn: '2027-01-31',
        amount: 100_500_000n,
        currency: 'EUR',
        bankReference: 'B-1',
        remittance: 'SCR222222222J thanks',
        payer: 'Ada & Co',
      },
    ])
  })

  test('takes no number of an entry within its statement for the bank’s own reference', () => {
    const numbered = (day: string) =>
      camt(
        entry()
          .replace('<AcctSvcrRef>B-1</AcctSvcrRef>', '')
          .replace('<Ntry>', '<Ntry><NtryRef>1</NtryRef>')
          .replace('2027-01-31', day),
      )
    const identities = ['2027-01-30', '2027-01-31'].map((day) => {
      const lines = readCamt(parseXml(numbered(day)))
      if (typeof lines === 'string') throw new Error(lines)
      expect(lines).toMatchObject([{ bankReference: '', amount: 100_500_000n }])
      return identitiesOf(lines, hash)[0]
    })
    // The same amount from the same payer, a day later, under the same number: it is another payment.
    expect(new Set(identities).size).toBe(2)
  })

  test('takes a debit as money that went out, and leaves what is only pending', () => {
    const lines = readCamt(
      parseXml(
        camt(
          entry() +
            entry({ mark: 'DBIT', amount: '0.50', reference: 'B-2' }) +
            entry({ status: '<Sts>PDNG</Sts>' }),
          '1100',
        ),
      ),
    )
    expect(typeof lines === 'string' ? lines : lines.map(({ amount }) => amount)).toEqual([
      100_500_000n,
      -500_000n,
    ])
  })

  test('tells the transactions of one entry apart where they add up to it', () => {
    const one = (amount: string, text: string) =>
      `<TxDtls><Amt Ccy="EUR">${amount}</Amt><RmtInf><Ustrd>${text}</Ustrd></RmtInf></TxDtls>`
    const both = readCamt(parseXml(camt(entry({ details: one('60.50', 'a') + one('40', 'b') }))))
    expect(both).toMatchObject([
      { amount: 60_500_000n, remittance: 'a', bankReference: 'B-1/1' },
      { amount: 40_000_000n, remittance: 'b', bankReference: 'B-1/2' },
    ])
    expect(readCamt(parseXml(camt(entry({ details: one('60.50', 'a') + one('39', 'b') }))))).toMatchObject([
      { amount: 100_500_000n, remittance: 'a b' },
    ])
  })

  test.each([
    ['entries that do not lead to the closing balance', camt(entry(), '1100.49'), /closing balance/],
    ['no statement', '<Document/>', /no statement/],
    ['an amount of nothing', camt(entry({ amount: '0' })), /no amount/],
    ['more digits than money has', camt(entry({ amount: '1.0000001' })), /no amount/],
    ['a mark of its own', camt(entry({ mark: 'MAYBE' })), /no amount/],
  ])('refuses %s', (_what, xml, sentence) => {
    expect(readCamt(parseXml(xml))).toMatch(sentence)
  })

  test.each([
    [
      'entities that grow',
      '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><Document>&b;</Document>',
    ],
    [
      'a file from elsewhere',
      '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><Document>&x;</Document>',
    ],
    ['no XML', '<Document><a></Document>'],
    ['a text', 'hello'],
  ])('reads no %s', (_what, xml) => {
    expect(() => parseXml(xml)).toThrow(/The file/)
  })
})

const mt940 = (entries: string, closing = 'C270131EUR1100,50') =>
  `{1:F01BANKDEFFAXXX0000000000}{4:\r\n:20:STMT1\r\n:25:37040044/532013000\r\n:28C:1/1\r\n:60F:C270130EUR1000,\r\n${entries}\r\n:62F:${closing}\r\n-}`

describe('MT940', () => {
  test('gives each entry with its text and payer', () => {
    const text = mt940(
      ':61:2701310131C100,50NTRFNONREF//B-1\r\nmore\r\n:86:166?00CREDIT?20SCR2222222?2122J thanks?32Ada?33 Obi',
    )
    expect(readMt940(text)).toEqual([
      {
        line: 1,
        account: '532013000',
        bookedOn: '2027-01-31',
        amount: 100_500_000n,
        currency: 'EUR',
        bankReference: 'B-1',
        remittance: 'SCR222222222J thanks more',
        payer: 'Ada Obi',
      },
    ])
  })

  test('keeps a text that goes on with a dash or a brace', () => {
    const lines = readMt940(mt940(':61:270131C100,50NTRFA\r\n:86:one\r\n-two\r\n{three}'))
    expect(lines).toMatchObject([{ remittance: 'one -two {three} A' }])
  })

  test('takes a reversed credit as money that went out, and a reversed debit as money that came in', () => {
    const lines = readMt940(
      mt940(':61:270131C200,NTRFA\r\n:61:270131D50,5NTRFB\r\n:61:270131RC100,NTRFC\r\n:61:270131RD51,NTRFD'),
    )
    expect(typeof lines === 'string' ? lines : lines.map(({ amount }) => amount / unit)).toEqual([
      200n,
      -50n,
      -100n,
      51n,
    ])
  })

  test('finds the year of an entry that was booked beyond a year’s end', () => {
    const lines = readMt940(
      ':20:A\n:25:1234\n:60F:C261231EUR0,\n:61:2612310102C1,NTRFA\n:61:2701021231C1,NTRFB\n:62F:C270102EUR2,',
    )
    expect(typeof lines === 'string' ? lines : lines.map(({ bookedOn }) => bookedOn)).toEqual([
      '2027-01-02',
      '2026-12-31',
    ])
  })

  test.each([
    ['entries that do not lead to the closing balance', mt940(':61:270131C100,49NTRFA'), /closing balance/],
    ['an amount with a point', mt940(':61:270131C100.50NTRFA'), /cannot be read/],
    ['a day that is none', mt940(':61:270231C100,50NTRFA'), /cannot be read/],
    ['a mark of its own', mt940(':61:270131X100,50NTRFA'), /cannot be read/],
    ['balances in two currencies', mt940(':61:270131C100,50NTRFA', 'C270131USD1100,50'), /two currencies/],
    ['no balance', ':20:A\n:25:1234\n:61:270131C1,NTRFA', /balance/],
    ['nothing', '', /no statement/],
  ])('refuses %s', (_what, text, sentence) => {
    expect(readMt940(text)).toMatch(sentence)
  })
})

describe('CSV', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'scrip-bank-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  async function read(content: string, names: Record<string, string> = {}, code = 'EUR') {
    const path = join(folder, 'file.csv')
    await writeFile(path, content)
    return readBankCsv(path, { account: 'DE 12-34', currency: currency(code), names })
  }

  test.each([
    ['1234.50', 1_234_500_000n],
    ['1,234.50', 1_234_500_000n],
    ['1.234,50', 1_234_500_000n],
    ['1234,50', 1_234_500_000n],
    ['1 234 567,5', 1_234_567_500_000n],
    ['1,234,567', 1_234_567_000_000n],
    ['-12.5', -12_500_000n],
    ['7', 7_000_000n],
  ])('reads the amount %s', async (text, amount) => {
    const [line] = await read(`date;amount\n2027-01-31;"${text}"\n`)
    expect(line).toMatchObject({ amount, account: 'DE1234', currency: 'EUR', bookedOn: '2027-01-31' })
  })

  test.each(['1,234', '1.2.3', '1,2,3', '12a', '', '0', '1.0000001', '1,23,456'])(
    'refuses the amount "%s"',
    async (text) => {
      await expect(read(`date;amount\n2027-01-31;"${text}"\n`)).rejects.toThrow(/Line 2: The amount/)
    },
  )

  test('reads credit and debit, and columns by other names', async () => {
    const lines = await read('Booking Date,Credit,Debit,Info\n31.01.2027,5,,a\n31/01/2027,,3.25,b\n', {
      date: 'Booking Date',
      remittance: 'info',
    })
    expect(lines).toMatchObject([
      { line: 2, amount: 5_000_000n, remittance: 'a' },
      { line: 3, amount: -3_250_000n, remittance: 'b' },
    ])
  })

  test.each([
    ['date\n2027-01-31\n', /no column "amount"/],
    ['amount\n1\n', /no column "date"/],
    ['date,date,amount\n1,2,3\n', /twice/],
    ['date,amount\n2027-02-30,1\n', /Line 2: The date/],
    ['date,amount,currency\n2027-01-31,1,Euro\n', /Line 2: The currency/],
    ['date,credit,debit\n2027-01-31,1,2\n', /Line 2: The amount/],
  ])('refuses %j', async (content, sentence) => {
    await expect(read(content)).rejects.toThrow(sentence)
  })
})

describe('what makes a line itself', () => {
  const line = {
    line: 1,
    account: 'A',
    bookedOn: '2027-01-31',
    amount: 5n,
    currency: currency('EUR'),
    bankReference: '',
    remittance: 'x',
    payer: '',
  }

  test('equal lines of a day are told apart, and the same in another statement', () => {
    const first = identitiesOf([line, { ...line, amount: 6n }, line], hash)
    expect(new Set(first).size).toBe(3)
    expect(identitiesOf([line, line], hash)).toEqual([first[0], first[2]])
  })

  test('with a reference of the bank, another wording is the same line, and another amount is not', () => {
    const named = { ...line, bankReference: 'B-1' }
    const [one, two, three] = identitiesOf([named], hash).concat(
      identitiesOf([{ ...named, remittance: 'y', bookedOn: '2027-02-01' }], hash),
      identitiesOf([{ ...named, amount: 6n }], hash),
    )
    expect(one).toBe(two)
    expect(one).not.toBe(three)
  })
})
