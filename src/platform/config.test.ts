import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { BadSetting, readConfig } from './config.ts'

const dir = mkdtempSync(join(tmpdir(), 'scrip-config-'))
afterAll(() => rmSync(dir, { recursive: true }))

const allowsLoopback = (settings: Readonly<Record<string, string>>): boolean =>
  readConfig(settings, dir).allowLoopback

test('addresses of this machine may be called by a sandbox that only this machine can reach', () => {
  expect(allowsLoopback({})).toBe(true)
  for (const HOST of ['127.0.0.1', '127.0.0.53', 'localhost', '::1'])
    expect(allowsLoopback({ HOST })).toBe(true)
  for (const HOST of ['0.0.0.0', '::', '192.0.2.1', 'scrip.example'])
    expect(allowsLoopback({ HOST }), HOST).toBe(false)
})

test('a sandbox may be told otherwise, live may not', () => {
  expect(allowsLoopback({ SCRIP_ALLOW_LOOPBACK: 'false' })).toBe(false)
  expect(allowsLoopback({ HOST: '0.0.0.0', SCRIP_ALLOW_LOOPBACK: 'true' })).toBe(true)
  expect(allowsLoopback({ SCRIP_ENVIRONMENT: 'live' })).toBe(false)
  expect(allowsLoopback({ SCRIP_ENVIRONMENT: 'live', SCRIP_ALLOW_LOOPBACK: 'false' })).toBe(false)
  expect(() => allowsLoopback({ SCRIP_ENVIRONMENT: 'live', SCRIP_ALLOW_LOOPBACK: 'true' })).toThrow(
    BadSetting,
  )
  expect(() => allowsLoopback({ SCRIP_ALLOW_LOOPBACK: 'maybe' })).toThrow(
    /SCRIP_ALLOW_LOOPBACK must be one of/,
  )
})
