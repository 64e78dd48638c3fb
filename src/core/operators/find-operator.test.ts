import { beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '../../../test/database.ts'
import type { Catalogue } from '../catalogue/catalogue.ts'
import { openCatalogue } from '../catalogue/open-catalogue.ts'
import { storeCatalogue } from '../catalogue/store-catalogue.ts'
import { buildCatalogue } from '../demo/build-catalogue.ts'
import { aliasesByCountry } from './aliases.ts'
import { findOperator } from './find-operator.ts'
import { listOperators } from './operator.ts'

let catalogue: Catalogue

beforeAll(async () => {
  const { database } = await createTestDatabase()
  await database.inTransaction((tx) => storeCatalogue(tx, buildCatalogue()))
  const live = await openCatalogue(database)
  catalogue = live.current()
  await live.close()
})

test('the catalogue sells at least 200 operators in 150 countries', () => {
  const operators = listOperators(catalogue)
  expect(operators.length).toBeGreaterThanOrEqual(200)
  expect(new Set(operators.map(({ country }) => country)).size).toBeGreaterThanOrEqual(150)
  expect(operators.filter(({ products }) => products.length < 2)).toEqual([])
})

describe('a number’s prefix tells its operator', () => {
  test.each([
    ['+2348031234567', 'mtn-nigeria'],
    ['+2348021234567', 'airtel-nigeria'],
    ['+2348051234567', 'glo-nigeria'],
    ['+2348091234567', '9mobile-nigeria'],
    ['+254722123456', 'safaricom-kenya'],
    ['+254733123456', 'airtel-kenya'],
    ['+233241234567', 'mtn-ghana'],
    ['+27821234567', 'vodacom-south-africa'],
    ['+27831234567', 'mtn-south-africa'],
    ['+256772123456', 'mtn-uganda'],
    ['+919810123456', 'airtel-india'],
    ['+923001234567', 'jazz-pakistan'],
    ['+639171234567', 'globe-philippines'],
    ['+628111234567', 'telkomsel-indonesia'],
    ['+77011234567', 'kcell-kazakhstan'],
    ['+79031234567', 'beeline-russia'],
    ['+380671234567', 'kyivstar-ukraine'],
    ['+5511971123456', 'vivo-brazil'],
    ['+491721234567', 'vodafone-germany'],
    ['+34610123456', 'vodafone-spain'],
    ['+48601234567', 'plus-poland'],
    ['+971501234567', 'etisalat-uae'],
  ])('%s: %s', async (phone, brand) => {
    const found = await findOperator(catalogue, phone)
    expect(found?.operator?.brand.code).toBe(brand)
  })
})

describe('an operator is found by the name that its range was given out under', () => {
  test.each([
    ['a brand that was renamed', '+233201234567', 'Telecel', 'vodafone-ghana'],
    ['a company whose brand is better known', '+996701123456', 'Nur Telecom', 'o-kyrgyzstan'],
    ['a brand that was merged into another', '+393281234567', 'WIND', 'windtre-italy'],
    ['a name with the country in it', '+33607123456', 'Orange France', 'orange-france'],
    ['a name in brackets', '+5016012345', 'Belize Telemedia Ltd (Digi)', 'digicell-belize'],
    [
      'a company that took another name all over a region',
      '+12462312345',
      'Cable & Wireless',
      'flow-barbados',
    ],
  ])('%s', async (_, phone, carrier, brand) => {
    const found = await findOperator(catalogue, phone)
    expect([found?.carrier, found?.operator?.brand.code]).toEqual([carrier, brand])
  })
})

describe('nobody is guessed', () => {
  test('where the catalogue does not sell the carrier', async () => {
    expect(await findOperator(catalogue, '+447400123456')).toEqual({
      operator: undefined,
      carrier: 'Three',
      country: 'GB',
    })
  })

  test('where the ranges are not published', async () => {
    expect(await findOperator(catalogue, '+12125550100')).toEqual({
      operator: undefined,
      carrier: undefined,
      country: 'US',
    })
  })

  test.each(['08031234567', '+99912345678', ''])('for "%s", which is no number', async (phone) => {
    expect(await findOperator(catalogue, phone)).toBeUndefined()
  })
})

test('every alias leads to an operator that the catalogue sells there', () => {
  const names = Map.groupBy(listOperators(catalogue), ({ country }) => country)
  const lost = Object.entries(aliasesByCountry)
    .filter(([country]) => country !== '*')
    .flatMap(([country, aliases]) =>
      Object.values(aliases)
        .filter((name) => !(names.get(country) ?? []).some((operator) => operator.name === name))
        .map((name) => `${country} ${name}`),
    )
  expect(lost).toEqual([])
})
