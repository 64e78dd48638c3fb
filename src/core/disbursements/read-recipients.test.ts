import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readRecipients } from './read-recipients.ts'

let dir: string

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'scrip-recipients-'))
})

afterAll(() => rm(dir, { recursive: true }))

async function read(text: string, callingCode?: string) {
  const path = join(dir, 'recipients.csv')
  await writeFile(path, text)
  return readRecipients(path, callingCode)
}

test('names, telephones and amounts are taken, in any order of columns, national numbers with the code that is given', async () => {
  const { recipients, amount, problems, hash } = await read(
    'Amount;Phone;Name;Note\r\n100;0712 345-678;Ada;x\r\n0.5;+254712345679;"Bob; Jr"\r\n',
    '254',
  )
  expect(problems).toEqual([])
  expect(recipients).toEqual([
    { name: 'Ada', phone: '+254712345678', amount: 100_000_000n, extra: undefined },
    { name: 'Bob; Jr', phone: '+254712345679', amount: 500_000n, extra: undefined },
  ])
  expect(amount).toBe(100_500_000n)
  expect(hash).toMatch(/^[0-9a-f]{64}$/)
})

test('each line that cannot be taken is told with its number, and what is wrong with it', async () => {
  const { recipients, problems } = await read(
    [
      'name,phone,amount',
      'Ada,+254712345678,100',
      ',+254712345678,100',
      'Bob,0712345678,100',
      'Cid,nonsense,100',
      'Dan,+254712345678,0',
      'Eve,+254712345678,-5',
      'Fay,+254712345678,1.1234567',
      'Gil,+254712345678,"1,000"',
      'Hal,+254712345678',
    ].join('\n'),
  )
  expect(recipients).toHaveLength(1)
  expect(problems.map(({ line }) => line)).toEqual([3, 4, 5, 6, 7, 8, 9, 10])
  expect(problems[0]?.sentence).toMatch(/name/)
  expect(problems[1]?.sentence).toMatch(/telephone/)
  expect(problems[3]?.sentence).toMatch(/amount/)
})

test.each([
  ['without a column', 'name,phone\nAda,+254712345678\n'],
  ['with a column twice', 'name,phone,phone,amount\nAda,+254712345678,1,1\n'],
  ['of nothing', ''],
])('a file %s is refused', async (_name, text) => {
  await expect(read(text)).rejects.toMatchObject({ code: 'invalid_file' })
})

test('10,000 recipients are taken, and not one more', async () => {
  const lines = (count: number): string =>
    `name,phone,amount\n${Array.from({ length: count }, (_, n) => `P${n},+2547${String(n).padStart(8, '0')},1`).join('\n')}\n`
  const { recipients, problems } = await read(lines(10_000))
  expect(recipients.length + problems.length).toBe(10_000)
  await expect(read(lines(10_001))).rejects.toMatchObject({ code: 'invalid_file' })
})
