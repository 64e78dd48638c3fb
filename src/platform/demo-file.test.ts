import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { hasDemoFile, readDemoFile, writeDemoFile } from './demo-file.ts'

let parent: string
let dataDir: string

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'scrip-demo-'))
  dataDir = join(parent, 'data')
})

afterEach(() => {
  rmSync(parent, { recursive: true, force: true })
})

const keys = {
  iascroft: { secretKey: 'sk_test_m', starterSecretKey: 'sk_test_s', enterpriseSecretKey: 'sk_test_e' },
  giftapi: { token: 'scrip_abc', partnerSecret: 'shh' },
  iwocapay: { sellerId: 'seller', accessToken: 'scrip_ghi' },
  vendify: { apiKey: 'scrip_def', privateKey: 'PEM', noncePrefix: '0042', walletIds: { NGN: 'NGN-1' } },
  giftpesa: { username: 'demo', apiKey: 'scrip_ghi', publicKey: 'PEM', tills: { naivas: '1' } },
  partner: { email: 'partner@demo.example', password: 'p' },
  operator: { email: 'operator@demo.example', password: 'q' },
  secondOperator: { email: 'operator-2@demo.example', password: 'r' },
}

test('the file says what a client needs, under the names of the contract and no others', () => {
  expect(hasDemoFile(dataDir)).toBe(false)
  const more = {
    iascroft: { ...keys.iascroft, partnerId: 'not for the file' },
    iwocapay: { ...keys.iwocapay, partnerId: 'not for the file' },
    vendify: { ...keys.vendify, partnerId: 'not for the file' },
    giftapi: { ...keys.giftapi, partnerId: 'not for the file' },
    giftpesa: { ...keys.giftpesa, partnerId: 'not for the file' },
    partner: { ...keys.partner, id: 'not for the file' },
    operator: keys.operator,
    secondOperator: keys.secondOperator,
  }
  writeDemoFile(dataDir, 'http://127.0.0.1:8080', more)
  expect(hasDemoFile(dataDir)).toBe(true)
  expect(JSON.parse(readFileSync(join(dataDir, 'demo.json'), 'utf8'))).toEqual({
    baseUrl: 'http://127.0.0.1:8080',
    iascroft: { baseUrl: 'http://127.0.0.1:8080/iascroft/v1', ...keys.iascroft },
    giftapi: {
      baseUrl: 'http://127.0.0.1:8080/giftapi/v1/partner',
      token: 'scrip_abc',
      partnerSecret: 'shh',
    },
    vendify: { baseUrl: 'http://127.0.0.1:8080/vendify', ...keys.vendify },
    iwocapay: { baseUrl: 'http://127.0.0.1:8080/iwocapay', ...keys.iwocapay },
    giftpesa: { baseUrl: 'http://127.0.0.1:8080/giftpesa', ...keys.giftpesa },
    partner: keys.partner,
    operator: keys.operator,
    secondOperator: keys.secondOperator,
  })
})

test('only its owner can read it, whatever stood there before', () => {
  writeDemoFile(dataDir, 'http://127.0.0.1:8080', keys)
  rmSync(join(dataDir, 'demo.json'))
  writeFileSync(join(dataDir, 'demo.json'), 'left by somebody', { mode: 0o644 })
  writeDemoFile(dataDir, 'http://127.0.0.1:9090', keys)
  expect(statSync(join(dataDir, 'demo.json')).mode & 0o777).toBe(0o600)
  expect(readFileSync(join(dataDir, 'demo.json'), 'utf8')).toContain('http://127.0.0.1:9090')
})

test('nothing unfinished is left beside it', () => {
  writeDemoFile(dataDir, 'http://127.0.0.1:8080', keys)
  expect(readdirSync(dataDir)).toEqual(['demo.json'])
})

test('a later start reads what was written, or learns that there is nothing', () => {
  expect(readDemoFile(dataDir)).toBeUndefined()
  writeDemoFile(dataDir, 'http://127.0.0.1:8080', keys)
  expect(readDemoFile(dataDir)).toMatchObject({ baseUrl: 'http://127.0.0.1:8080', ...keys })
})

test('a file of a version that knew fewer formats is as good as none: it is written anew', () => {
  writeDemoFile(dataDir, 'http://127.0.0.1:8080', keys)
  const file = join(dataDir, 'demo.json')
  const { iascroft: _, ...older } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
  writeFileSync(file, JSON.stringify(older))
  expect(readDemoFile(dataDir)).toBeUndefined()
})
