import { beforeAll, expect, it } from 'vitest'
import { sql } from '../src/platform/database.ts'
import type { Database } from '../src/platform/database.ts'
import { createTestDatabase } from './database.ts'

let database: Database

beforeAll(async () => {
  database = (await createTestDatabase()).database
})

/**
 * Every table is of one of these kinds. One that is a partner's can be spread over several databases by partner, so its unique keys
 * and foreign keys begin with partner_id; what does not stands below, with its reason. The others are the same for all partners, and a
 * copy of them can lie beside each part (a "reference table"), or they belong to the house alone.
 */
const referenceTables: Readonly<Record<string, string>> = {
  partners: 'the partners themselves: its id is the partner id; the number is what people type',
  currencies: 'catalogue',
  countries: 'catalogue',
  categories: 'catalogue',
  category_attributes: 'catalogue',
  brand_families: 'catalogue',
  brands: 'catalogue',
  products: 'catalogue',
  skus: 'catalogue',
  catalogue_version: 'catalogue',
  fx_rates: 'catalogue',
  plans: 'what accounts may do, the same for all',
  data_keys: 'read at every start, never in a purchase; one of the stock has no partner',
  installation: 'one row that says which environment this is',
  schema_migrations: 'one row a migration',
}

const houseTables: Readonly<Record<string, string>> = {
  audit_log: 'who did what, over all partners, in the order of time',
  demo_steps: 'how far the demo world is made',
  queue_workers: 'processes that take jobs',
  stock_codes: 'codes that are for sale belong to nobody yet: whoever buys takes the next',
  stock_imports: 'the stock',
  stock_import_rows: 'the stock',
  stock_import_problems: 'the stock',
  stock_movements: 'the stock',
  stock_withdrawn: 'the stock',
  stock_alerts: 'the stock',
  code_fingerprints: 'a code must not come in twice, whoever it is sold to',
  suppliers: 'whom the house buys from',
  supplier_skus: 'whom the house buys from',
  supplier_statements: 'whom the house buys from',
  supplier_statement_lines: 'whom the house buys from',
  supplier_syncs: 'whom the house buys from',
  supplier_sync_changes: 'whom the house buys from',
  breaks: 'what does not fit at a supplier, which may have no partner',
  bank_statements: 'accounts of the house at banks; a line finds its partner when it is booked',
  bank_lines: 'accounts of the house at banks; a line finds its partner when it is booked',
  receiving_accounts: 'accounts of the house at banks',
  merchants: 'who takes vouchers, from holders of any partner',
  merchant_credentials: 'who takes vouchers, from holders of any partner',
  merchant_bank_details: 'where those who take vouchers are paid, whoever issued them',
  tills: 'who takes vouchers, from holders of any partner',
  redemptions: 'a redemption belongs to a merchant; its shares, which move money, belong to partners',
  redemption_failures: 'attempts on vouchers are counted before anybody knows whose they are',
  one_time_codes: 'the owner of a telephone holds vouchers of any partner',
  holder_sessions: 'the owner of a telephone holds vouchers of any partner',
  ussd_gateways: 'telephone companies, whose subscribers hold vouchers of any partner',
  checkout_buyers: 'a buyer buys on credit at shops of any partner',
  payers: 'who pays or lends for checkouts of any partner',
  operator_setup: 'one row, until there is an operator',
  password_failures: 'attempts to sign in are counted before anybody knows who it is',
  sign_in_windows: 'attempts to sign in are counted before anybody knows who it is',
}

/** In tables of partners: keys that must hold over all of them, and links to what is the same for all. */
const exceptions: Readonly<Record<string, string>> = {
  'price_proposals id': 'a proposal for everybody has no partner',
  'price_rules id': 'a rule for everybody has no partner',
  'price_rules product_id': 'catalogue',
  'price_rules sku_id': 'catalogue',
  'price_rules brand_id': 'catalogue',
  'price_rules category_id': 'catalogue',
  'price_rules price_currency': 'catalogue',
  'credentials token_hash': 'whoever shows a token is found by it, and nothing says whose it is before',
  'credentials username': 'whoever signs in is found by the name',
  'users email': 'whoever signs in is found by the address',
  'user_sessions token_hash': 'whoever shows a session is found by it',
  'user_links token_hash': 'whoever follows a link is found by it',
  'report_exports token_hash': 'whoever follows a link is found by it',
  'vouchers code_hash': 'whoever redeems shows a code, and nothing says whose it is before',
  'dedicated_accounts account_number': 'money that comes in is found by the number of the account',
  'funding_requests payment_reference': 'money that comes in is found by its reference',
  'funding_requests account_id': 'an account of the house',
  'fulfilment_proposals id': 'two persons work on a list over all partners',
  'checkouts id': 'the page that a buyer sees has the id alone in its address',
  'checkout_decisions checkout_id': 'the page that a buyer sees has the id alone in its address',
  'checkout_decisions payer_id': 'who pays or lends for checkouts of any partner',
  'checkout_sellers id': 'the page that a buyer sees has the id alone in its address',
  'checkout_sellers bank_id': 'who pays or lends for checkouts of any partner',
  'checkout_sellers lender_id': 'who pays or lends for checkouts of any partner',
  'account_validations product_id': 'catalogue',
  'esim_packages sku_id': 'catalogue',
  'esims sku_id': 'catalogue',
  'esims supplier_id': 'whom the house buys from',
  'settlements merchant_id': 'who takes vouchers, from holders of any partner',
  'settlements bank_details_id': 'where those who take vouchers are paid, whoever issued them',
  'partner_plans plan': 'plans are the same for all',
}

type Key = { readonly table: string; readonly columns: string; readonly target: string }

const isPartners = (key: Key): boolean =>
  !Object.hasOwn(referenceTables, key.table) && !Object.hasOwn(houseTables, key.table)

it('every unique key of a table of partners begins with partner_id, or its reason is written here', async () => {
  const keys = await database.query<Key>(sql`
    select c.relname as table, '' as target,
           string_agg(coalesce(a.attname, '(expression)'), ',' order by k.place) as columns
    from pg_index x
    join pg_class i on i.oid = x.indexrelid
    join pg_class c on c.oid = x.indrelid
    cross join lateral unnest(x.indkey::int2[]) with ordinality k (number, place)
    left join pg_attribute a on a.attrelid = c.oid and a.attnum = k.number and k.number > 0
    where x.indisunique and c.relnamespace = current_schema()::regnamespace and not c.relispartition
    group by x.indexrelid, c.relname`)
  expect(unexplained(keys)).toEqual([])
  const all = new Set(keys.map((key) => `${key.table} ${key.columns}`))
  expect(all.size).toBeGreaterThan(50)
})

it('every foreign key of a table of partners begins with partner_id or leads to what is the same for all, and none is deferrable', async () => {
  const keys = await database.query<Key & { deferrable: boolean }>(sql`
    select c.conrelid::regclass::text as table, c.confrelid::regclass::text as target, c.condeferrable as deferrable,
           (select string_agg(a.attname, ',' order by k.place)
            from unnest(c.conkey) with ordinality k (number, place)
            join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.number) as columns
    from pg_constraint c
    where c.contype = 'f' and c.connamespace = current_schema()::regnamespace and c.conparentid = 0`)
  expect(unexplained(keys.filter((key) => key.target !== 'data_keys'))).toEqual([])
  const deferrable = await database.query(sql`
    select conrelid::regclass::text as table, conname from pg_constraint
    where condeferrable and connamespace = current_schema()::regnamespace`)
  expect(deferrable).toEqual([])
})

it('there are no triggers, and no reason here is about a table or a key that is gone', async () => {
  const triggers = await database.query(sql`
    select t.tgname from pg_trigger t join pg_class c on c.oid = t.tgrelid
    where not t.tgisinternal and c.relnamespace = current_schema()::regnamespace`)
  expect(triggers).toEqual([])
  const columns = await database.query<{ table: string; column: string }>(sql`
    select table_name as table, column_name as column from information_schema.columns where table_schema = current_schema()`)
  const tables = new Set(columns.map((one) => one.table))
  const known = new Set(columns.map((one) => `${one.table} ${one.column}`))
  const named = [...Object.keys(referenceTables), ...Object.keys(houseTables)]
  expect(named.filter((table) => !tables.has(table))).toEqual([])
  const gone = Object.keys(exceptions).filter((entry) => {
    const [table, list = ''] = entry.split(' ')
    return !list.split(',').every((column) => known.has(`${table} ${column}`))
  })
  expect(gone).toEqual([])
})

function unexplained(keys: readonly Key[]): string[] {
  return keys
    .filter((key) => isPartners(key) && key.columns.split(',')[0] !== 'partner_id')
    .map((key) => `${key.table} ${key.columns}`)
    .filter((key) => !Object.hasOwn(exceptions, key))
}
