import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { scrip, scripJson } from '../../test/command-line.ts'
import { createTestDatabase } from '../../test/database.ts'
import { commands } from './all.ts'
import type { Command, Leaf } from './command.ts'

let dir: string

/** All commands as they are typed: "partner create". */
function leavesOf(
  list: readonly Command[],
  path: readonly string[] = [],
): { path: readonly string[]; leaf: Leaf }[] {
  return list.flatMap((command) =>
    'run' in command
      ? [{ path: [...path, command.name], leaf: command }]
      : leavesOf(command.commands, [...path, command.name]),
  )
}

const leaves = leavesOf(commands)

beforeAll(async () => {
  const { url } = await createTestDatabase()
  dir = await mkdtemp(join(tmpdir(), 'scrip-commands-'))
  Object.assign(process.env, { DATABASE_URL: url, SCRIP_DATA_DIR: dir, SCRIP_ENVIRONMENT: 'sandbox' })
  return async () => {
    delete process.env['DATABASE_URL']
    await rm(dir, { recursive: true })
  }
})

describe('help', () => {
  it('lists every command, and every command has examples that begin with its own name', async () => {
    const { code, out } = await scrip('--help')
    expect(code).toBe(0)
    for (const command of commands) expect(out).toMatch(new RegExp(`^ +${command.name}\\b`, 'm'))
    for (const { path, leaf } of leaves) {
      expect(leaf.examples.length, path.join(' ')).toBeGreaterThan(0)
      for (const example of leaf.examples)
        expect(example.replace('--verbose ', '')).toMatch(new RegExp(`^${path.join(' ')}\\b`))
      const help = await scrip(...path, '--help')
      expect(help.code).toBe(0)
      expect(help.out).toContain(`$ scrip ${leaf.examples[0]}`)
      expect(help.out).toContain('--json')
    }
  })

  it('is what a bare "scrip" shows', async () => {
    expect(await scrip()).toEqual(await scrip('--help'))
  })
})

describe('a command line that is not understood', () => {
  it.each([
    [['partners'], "unknown command 'partners'"],
    [['partner'], 'which one'],
    [['partner', 'create', '--name', 'A'], "required option '--email <address>' not specified"],
    [['partner', 'show'], "missing required argument 'partner'"],
    [['partner', 'show', 'nobody'], "must be a partner's id, number or e-mail address"],
    [['partner', 'list', '--limit', '0'], '--limit must be a whole number from 1 to 1000, not "0"'],
    [['partner', 'list', '--frobnicate'], "unknown option '--frobnicate'"],
    [['wallet', 'credit', '1', 'USD-1', '-5', '--reference', 'x'], 'must be an amount above zero'],
    [['wallet', 'credit', '1', 'USD-1', '1.0000001', '--reference', 'x'], 'must be an amount above zero'],
    [['wallet', 'overdraft', '1', 'USD-1'], 'give either --limit or --none'],
    [['key', 'create', '1', '--dialect', 'klingon'], '--dialect must be one of'],
    [
      ['key', 'create', '1', '--dialect', 'giftapi', '--expires', '2027-02-30'],
      'must be a day or an instant',
    ],
    [['key', 'rotate-data', '--stock', '--partner', '1'], 'give either --partner or --stock'],
    [['catalogue', 'price', '--markup', '1'], 'give exactly one of'],
    [['catalogue', 'price', '--all', '--sku', 'X', '--markup', '1'], 'give exactly one of'],
    [['catalogue', 'price', '--sku', 'X', '--fixed', '1'], 'belong together'],
    [['restore', '/does/not/exist'], 'there is no /does/not/exist'],
  ])('%j: exit code 2, a sentence, and nothing on standard output', async (argv, sentence) => {
    const { code, out, err } = await scrip(...argv)
    expect([code, out]).toEqual([2, ''])
    expect(err.toLowerCase()).toContain(sentence.toLowerCase())
    expect(err).not.toMatch(/\n\s+at /)
    const { code: jsonCode, json } = await scripJson(...argv)
    expect([jsonCode, json['error']]).toEqual([
      2,
      { code: 'usage', message: expect.stringContaining('.') as string },
    ])
  })
})

describe('before the database is migrated for good', () => {
  it('a command says what to do, and a setting that is wrong is named', async () => {
    expect(await scripJson('partner', 'list')).toEqual({
      code: 1,
      json: {
        error: {
          code: 'bad_setting',
          message:
            'The database lacks the tables of the job queue of this version. Run "scrip migrate" first.',
        },
      },
    })
    process.env['PORT'] = 'eighty'
    expect(await scrip('partner', 'list')).toEqual({
      code: 1,
      out: '',
      err: 'PORT must be a whole number from 0 to 65535, not "eighty".\n',
    })
    delete process.env['PORT']
    const given = process.env['DATABASE_URL']
    process.env['DATABASE_URL'] = 'postgres://nobody@127.0.0.1:1/none'
    expect((await scripJson('partner', 'list')).json).toMatchObject({
      error: {
        code: 'unavailable',
        message: expect.stringContaining('The database cannot be reached') as string,
      },
    })
    process.env['DATABASE_URL'] = `${given}_gone`
    expect((await scripJson('partner', 'list')).json).toMatchObject({
      error: { code: 'bad_setting', message: expect.stringContaining('does not exist') as string },
    })
    process.env['DATABASE_URL'] = given
    expect(await scripJson('migrate')).toEqual({ code: 0, json: { applied: [] } })
  })
})

describe('the commands over a migrated database', () => {
  it('make a partner, fund it once however often it is asked for, and show it', async () => {
    const made = await scripJson(
      'partner',
      'create',
      '--name',
      'Acme',
      '--email',
      'ops@acme.example',
      '--wallet',
      'usd',
      '--rate-limit',
      '600',
    )
    expect(made).toMatchObject({
      code: 0,
      json: {
        partner: { name: 'Acme', number: 1, requestsPerMinute: 600 },
        wallet: { code: 'USD-1', balance: '0' },
      },
    })
    const credit = [
      'wallet',
      'credit',
      'ops@acme.example',
      'usd-1',
      '12.345678',
      '--reference',
      'wire-1',
      '--note',
      'first',
    ]
    expect((await scripJson(...credit)).json).toMatchObject({
      repeated: false,
      wallet: { balance: '12.345678' },
    })
    expect((await scripJson(...credit)).json).toMatchObject({
      repeated: true,
      wallet: { balance: '12.345678' },
    })
    const other = await scripJson('wallet', 'credit', '1', 'USD-1', '13', '--reference', 'wire-1')
    expect(other).toMatchObject({ code: 1, json: { error: { code: 'transfer_conflict' } } })
    expect((await scripJson('wallet', 'statement', '1', 'USD-1')).json).toMatchObject({
      entries: [{ number: 1, kind: 'topup', amount: '12.345678', description: 'first' }],
    })
    expect((await scripJson('wallet', 'overdraft', '1', 'USD-1', '--limit', '500')).json).toMatchObject({
      wallet: { available: '512.345678' },
    })
    expect((await scripJson('wallet', 'open', '1', '--currency', 'EUR')).json).toMatchObject({
      wallet: { code: 'EUR-1', isDefault: false },
    })
    expect((await scripJson('wallet', 'list', '1')).json).toMatchObject({
      wallets: [{ code: 'USD-1' }, { code: 'EUR-1' }],
    })
    expect((await scrip('partner', 'show', '1')).out).toMatch(/USD-1 +12\.345678/)
    expect((await scripJson('partner', 'suspend', '1', '--reason', 'unpaid')).json).toMatchObject({
      partner: { status: 'suspended' },
    })
    expect((await scripJson('partner', 'list', '--status', 'suspended')).json).toMatchObject({
      partners: [{ number: 1 }],
    })
    expect((await scripJson('partner', 'reactivate', '1')).json).toMatchObject({
      partner: { status: 'active' },
    })
    expect((await scripJson('partner', 'rate-limit', '1', 'none')).json).toMatchObject({
      partner: { requestsPerMinute: null },
    })
    expect(await scripJson('partner', 'show', '99')).toMatchObject({
      code: 1,
      json: { error: { code: 'partner_not_found' } },
    })
    expect(await scripJson('wallet', 'statement', '1', 'GBP-1')).toMatchObject({
      code: 1,
      json: { error: { code: 'wallet_not_found' } },
    })
  })

  it('show a token and its secret once, marked as such, and never in a list', async () => {
    const { json: made } = await scripJson(
      'key',
      'create',
      '1',
      '--dialect',
      'giftapi',
      '--label',
      'prod',
      '--address',
      '192.0.2.0/24',
    )
    expect(made).toMatchObject({
      shownOnce: true,
      token: expect.stringMatching(/^scrip_.{43}$/) as string,
      secret: expect.stringMatching(/^.{43}$/) as string,
    })
    const { out } = await scrip('key', 'create', '1', '--dialect', 'giftapi', '--without-secret')
    expect(out).toContain('shown this once')
    expect(out).not.toContain('Secret')
    const listed = (await scrip('key', 'list', '1', '--json')).out
    expect(JSON.parse(listed)).toMatchObject({
      keys: [{}, { label: 'prod', allowedAddresses: ['192.0.2.0/24'] }],
    })
    expect(listed).not.toContain(String(made['token']))
    expect(listed).not.toContain(String(made['secret']))
    const { json: rotated } = await scripJson(
      'key',
      'rotate',
      '1',
      String(made['credentialId']),
      '--grace',
      '1h',
    )
    expect(rotated['token']).not.toBe(made['token'])
    expect(await scripJson('key', 'revoke', '1', String(rotated['credentialId']))).toMatchObject({ code: 0 })
    expect(await scripJson('key', 'rotate', '1', String(rotated['credentialId']))).toMatchObject({
      code: 1,
      json: { error: { code: 'credential_not_found' } },
    })
  })

  it('store a catalogue out of a file, price it, and refuse a file that is wrong', async () => {
    const file = join(dir, 'catalogue.json')
    await writeFile(
      file,
      JSON.stringify({
        currencies: [
          { code: 'USD', numericCode: 840, decimals: 2, names: { en: 'US dollar' } },
          { code: 'EUR', numericCode: 978, decimals: 2, names: { en: 'Euro' } },
        ],
        categories: [{ code: 'cards', names: { en: 'Cards' } }],
        brands: [{ code: 'acme', names: { en: 'Acme' } }],
        products: [
          { code: 'ACME', category: 'cards', brand: 'acme', type: 'voucher', names: { en: 'Acme card' } },
        ],
        skus: [
          { code: 'ACME-10', product: 'ACME', names: { en: 'Acme 10' }, currency: 'USD', faceValue: '10.00' },
          {
            code: 'ACME-ANY',
            product: 'ACME',
            names: { en: 'Acme' },
            currency: 'USD',
            leastValue: '1',
            mostValue: '50',
          },
        ],
      }),
    )
    expect((await scripJson('catalogue', 'import', file)).json).toEqual({
      created: 7,
      updated: 0,
      unchanged: 0,
    })
    expect((await scripJson('catalogue', 'import', file)).json).toEqual({
      created: 0,
      updated: 0,
      unchanged: 7,
    })
    expect((await scripJson('catalogue', 'price', '--all', '--markup', '5')).code).toBe(0)
    expect(
      (
        await scripJson(
          'catalogue',
          'price',
          '--sku',
          'ACME-10',
          '--fixed',
          '9.75',
          '--currency',
          'EUR',
          '--partner',
          '1',
        )
      ).code,
    ).toBe(0)
    const rates = join(dir, 'rates.csv')
    await writeFile(rates, 'base,quote,rate\nUSD,EUR,0.9\n')
    expect((await scripJson('catalogue', 'rates', 'import', rates, '--source', 'test')).json).toEqual({
      stored: 1,
      unchanged: 0,
    })
    expect((await scripJson('catalogue', 'rates', 'list')).json).toMatchObject({
      rates: [{ base: 'USD', quote: 'EUR', rate: '0.9', source: 'test' }],
    })
    expect((await scripJson('catalogue', 'list', '--search', 'acme')).json).toMatchObject({
      found: 1,
      products: [{ code: 'ACME', skus: 2 }],
    })
    expect((await scripJson('catalogue', 'show', 'acme-10', '--partner', '1')).json).toMatchObject({
      product: { skus: [{ code: 'ACME-ANY' }, { code: 'ACME-10', price: '10.5 USD' }] },
    })
    expect((await scrip('catalogue', 'show', 'ACME', '--partner', '1', '--currency', 'EUR')).out).toMatch(
      /ACME-10 .* 9\.75 EUR/,
    )
    for (const [content, reason] of [
      ['{', 'is not valid JSON'],
      ['{"skews":[]}', 'is no catalogue'],
      ['{"brands":[{"code":1,"names":{"en":"A"}}]}', '/brands/0/code'],
      [
        '{"skus":[{"code":"A","product":"ACME","names":{"en":"A"},"currency":"USD"}]}',
        'either faceValue, or leastValue and mostValue',
      ],
      [
        '{"skus":[{"code":"A","product":"ACME","names":{"en":"A"},"currency":"USD","faceValue":"1e99"}]}',
        'is no amount',
      ],
    ]) {
      await writeFile(file, String(content))
      expect((await scripJson('catalogue', 'import', file)).json).toMatchObject({
        error: { code: 'invalid_file', message: expect.stringContaining(String(reason)) as string },
      })
    }
    expect(await scripJson('catalogue', 'show', 'NIL')).toMatchObject({
      code: 1,
      json: { error: { code: 'product_not_found' } },
    })
  })

  it('prove and read the books, and look at the installation without changing it', async () => {
    expect(await scripJson('ledger', 'check')).toMatchObject({ code: 0, json: { ok: true } })
    expect((await scrip('ledger', 'check')).out).toMatch(/^ok {4}/)
    expect((await scripJson('ledger', 'balance')).json).toMatchObject({
      balanced: true,
      totals: [
        { kind: 'cash', total: '-12.345678' },
        { kind: 'wallet', total: '12.345678' },
      ],
    })
    expect((await scripJson('ledger', 'roll-up')).code).toBe(0)
    const { json: statement } = await scripJson('wallet', 'statement', '1', 'USD-1')
    const [entry] = statement['entries'] as { transferId: string }[] // As the test before wrote it.
    expect((await scripJson('ledger', 'entries', '1', entry?.transferId ?? '')).json).toMatchObject({
      entries: [
        { account: 'cash:USD', amount: '-12.345678', reference: 'wire-1' },
        { account: 'wallet:USD-1', amount: '12.345678' },
      ],
    })
    expect((await scripJson('ledger', 'entries', '1', '00000000-0000-7000-8000-000000000000')).code).toBe(1)
    expect((await scripJson('stock', 'levels')).code).toBe(0)
    expect((await scripJson('key', 'rotate-data', '--stock')).code).toBe(0)
  })

  it('make a key pair where the dialect signs with one, show the private half once, and set terms', async () => {
    const { json: made } = await scripJson('key', 'create', '1', '--dialect', 'vendify')
    expect(made).toMatchObject({
      token: expect.stringMatching(/^scrip_.{43}$/) as string,
      privateKey: expect.stringMatching(/^-----BEGIN PRIVATE KEY-----\n/) as string,
      noncePrefix: expect.stringMatching(/^\d{4}$/) as string,
    })
    expect(made).not.toHaveProperty('secret')
    expect((await scrip('key', 'create', '1', '--dialect', 'vendify')).out).toContain('BEGIN PRIVATE KEY')
    expect((await scrip('key', 'list', '1', '--json')).out).not.toContain('PRIVATE')
    const { json } = await scripJson('partner', 'terms', '1', '--fx-margin', '2.5', '--discount', '3')
    expect(json).toMatchObject({ fxMarginPercent: '2.5', discountPercent: '3' })
    expect((await scripJson('partner', 'terms', '1', '--discount', '100')).code).toBe(1)
  })

  it('make the demo world, and print its keys with --json only', async () => {
    const { json } = await scripJson('demo')
    expect(json).toMatchObject({
      file: join(dir, 'demo.json'),
      giftapi: { token: expect.any(String) as string },
    })
    const { out } = await scrip('demo')
    expect(out).toContain('demo.json')
    expect(out).not.toContain((json['giftapi'] as { token: string }).token)
  }, 60_000)
})
