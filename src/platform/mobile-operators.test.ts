import operators from 'mcc-mnc-list'
import { expect, test } from 'vitest'
import { listMobileOperators } from './mobile-operators.ts'

test('a well-known network has its codes, country and brand', () => {
  expect(listMobileOperators()).toContainEqual(
    expect.objectContaining({ mcc: '621', mnc: '30', countryCode: 'NG', name: 'MTN' }),
  )
  expect(listMobileOperators()).toContainEqual(
    expect.objectContaining({ mcc: '639', mnc: '02', countryCode: 'KE', name: 'Safaricom' }),
  )
})

test('a network that serves several countries under one code stands there for each', () => {
  const shared = listMobileOperators().filter(({ mcc, mnc }) => mcc === '505' && mnc === '01')
  expect(shared.map(({ countryCode }) => countryCode).sort()).toEqual(['AU', 'CC', 'CX'])
})

test('networks that are not operational or not public are left out', () => {
  const gone = operators
    .all()
    .filter((network) => network.status === 'Not operational' && network.countryCode === 'DE')
  expect(gone).not.toEqual([])
  const listed = new Set(listMobileOperators().map(({ mcc, mnc, name }) => `${mcc}/${mnc}/${name}`))
  expect(gone.filter(({ mcc, mnc, brand }) => listed.has(`${mcc}/${mnc}/${brand}`))).toEqual([])
  expect(listMobileOperators().filter(({ mcc }) => mcc === '001' || mcc === '901')).toEqual([])
})

test('every row has codes of digits, a country of two letters and a name', () => {
  const odd = listMobileOperators().filter(
    ({ mcc, mnc, countryCode, name }) =>
      !/^\d{3}$/.test(mcc) || !/^\d{2,3}$/.test(mnc) || !/^[A-Z]{2}$/.test(countryCode) || name.trim() === '',
  )
  expect(odd).toEqual([])
  expect(listMobileOperators().length).toBeGreaterThan(1_000)
})
