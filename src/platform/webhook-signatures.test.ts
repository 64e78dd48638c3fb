import { createHmac } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import { isWebhookSecret, newWebhookSecret, signWebhook, verifyWebhook } from './webhook-signatures.ts'

const message = () => ({ id: 'msg_1', atMs: Date.now(), body: '{"a":"é"}' })

test('a message is signed as the standard says, and by each secret', () => {
  const secrets = [newWebhookSecret(), newWebhookSecret()]
  const sent = message()
  const headers = signWebhook(secrets, sent)
  for (const secret of secrets) new Webhook(secret).verify(sent.body, headers)
  const seconds = Math.floor(sent.atMs / 1_000)
  const byHand = secrets.map((secret) => {
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
    return `v1,${createHmac('sha256', key).update(`msg_1.${seconds}.${sent.body}`).digest('base64')}`
  })
  expect(headers).toEqual({
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(seconds),
    'webhook-signature': byHand.join(' '),
  })
})

test('what is wrong with a message is said', () => {
  const secret = newWebhookSecret()
  const sent = message()
  const headers = signWebhook([secret], sent)
  expect(verifyWebhook(secret, headers, sent.body)).toEqual({ isValid: true })
  expect(verifyWebhook(newWebhookSecret(), headers, sent.body)).toEqual({
    isValid: false,
    reason: 'No matching signature found',
  })
  expect(verifyWebhook(secret, headers, `${sent.body} `).isValid).toBe(false)
  expect(verifyWebhook(secret, { ...headers, 'webhook-id': 'msg_2' }, sent.body).isValid).toBe(false)
  expect(verifyWebhook(secret, {}, sent.body)).toEqual({ isValid: false, reason: 'Missing required headers' })
  const old = signWebhook([secret], { ...sent, atMs: sent.atMs - 400_000 })
  expect(verifyWebhook(secret, old, sent.body)).toEqual({
    isValid: false,
    reason: 'Message timestamp too old',
  })
})

test('a secret is known by its shape', () => {
  for (let count = 0; count < 20; count += 1) expect(isWebhookSecret(newWebhookSecret())).toBe(true)
  for (const text of ['', 'whsec_', 'whsec_abc', `${newWebhookSecret()}=`, newWebhookSecret().slice(6)])
    expect(isWebhookSecret(text)).toBe(false)
})
