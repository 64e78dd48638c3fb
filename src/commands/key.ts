import { createCredential } from '../core/partners/create-credential.ts'
import { findPartner } from '../core/partners/find-partner.ts'
import { listCredentials } from '../core/partners/list-credentials.ts'
import { revokeCredential } from '../core/partners/revoke-credential.ts'
import { rotateCredential } from '../core/partners/rotate-credential.ts'
import type { CredentialId } from '../values/ids.ts'
import { command, group } from './command.ts'
import type { Context } from './context.ts'
import { rotateData, rotateMaster } from './key-rotation.ts'
import { credentialTable, issuedResult } from './key-results.ts'
import { pageOptions, pageText } from './pages.ts'
import {
  BadUsage,
  argument,
  flag,
  instant,
  option,
  options,
  requiredOption,
  seconds,
  text,
  uuid,
} from './params.ts'
import { partnerArgument } from './references.ts'

const keyArgument = argument('<key>', 'the id of the key, from "scrip key list"', uuid<CredentialId>)

const create = command({
  name: 'create',
  summary: 'Create an API key for a partner; its token and secret are shown once.',
  details: [
    'A key opens one dialect. A signing secret goes with it, or a private RSA key where the dialect signs with one; where it signs with the token, nothing does, and where it encrypts the token, a user name and a public key do.',
  ],
  examples: [
    'key create ops@acme.example --dialect giftapi --label production',
    'key create 1 --dialect giftapi --address 192.0.2.0/24 --address 198.51.100.7 --json',
  ],
  params: {
    partner: partnerArgument,
    dialect: requiredOption('--dialect <dialect>', 'the wire format that it opens', text),
    label: option('--label <text>', "the partner's own name for it", text, ''),
    withoutSecret: flag('--without-secret', 'no signing secret: the token alone'),
    scopes: options('--scope <scope>', 'what it may be used for; several may be given', text),
    addresses: options(
      '--address <network>',
      'an address or network that it may be used from; several may be given; none: from anywhere',
      text,
    ),
    expiresAt: option('--expires <instant>', 'when it ends; never, if it is left out', instant),
  },
  async run(context, input) {
    const {
      keyPairs = false,
      signsWithToken = false,
      encryptsTokens = false,
      tokenPrefixes,
    } = requireDialect(context, input.dialect)
    const database = await context.database()
    const keyRing = await context.keyRing()
    const { id: partnerId } = await findPartner(database, input.partner)
    const { dialect, label, withoutSecret, scopes, addresses: allowedAddresses, expiresAt } = input
    const order = {
      partnerId,
      dialect,
      label,
      withSecret: !withoutSecret && !keyPairs && !encryptsTokens,
      keepToken: signsWithToken,
      withEncryption: encryptsTokens,
      withKeyPair: keyPairs,
      scopes,
      allowedAddresses,
      expiresAt,
      tokenPrefix: tokenPrefixes?.[context.config.environment],
      actor: context.actor,
    }
    return issuedResult(await database.inTransaction((tx) => createCredential(tx, keyRing, order)))
  },
})

const list = command({
  name: 'list',
  summary: "List a partner's keys, ended ones too, newest first; never the tokens themselves.",
  examples: ['key list ops@acme.example', 'key list 1 --json'],
  params: { partner: partnerArgument, ...pageOptions },
  async run(context, { partner, limit, after }) {
    const database = await context.database()
    const { id } = await findPartner(database, partner)
    const page = await listCredentials(database, id, { limit, cursor: after })
    return {
      json: { keys: page.rows, nextCursor: page.nextCursor },
      text: [...credentialTable(page.rows), ...pageText(page)],
    }
  },
})

const rotate = command({
  name: 'rotate',
  summary: 'Replace a key by a new one; the old one goes on working for the grace.',
  examples: ['key rotate ops@acme.example 0199a1b2-0000-7000-8000-000000000000 --grace 24h'],
  params: {
    partner: partnerArgument,
    key: keyArgument,
    graceSeconds: option(
      '--grace <time>',
      'how long the old key still works: 90s, 30m, 24h, 7d, 0 (24h)',
      seconds,
      86_400,
    ),
    expiresAt: option('--expires <instant>', 'when the new key ends; never, if it is left out', instant),
  },
  async run(context, { partner, key: credentialId, graceSeconds, expiresAt }) {
    const database = await context.database()
    const keyRing = await context.keyRing()
    const { id: partnerId } = await findPartner(database, partner)
    const order = { partnerId, credentialId, graceSeconds, expiresAt, actor: context.actor }
    return issuedResult(await database.inTransaction((tx) => rotateCredential(tx, keyRing, order)))
  },
})

const revoke = command({
  name: 'revoke',
  summary: 'End a key at once and for good.',
  examples: ['key revoke ops@acme.example 0199a1b2-0000-7000-8000-000000000000'],
  params: { partner: partnerArgument, key: keyArgument },
  async run(context, { partner, key: credentialId }) {
    const database = await context.database()
    const { id: partnerId } = await findPartner(database, partner)
    await database.inTransaction((tx) =>
      revokeCredential(tx, { partnerId, credentialId, actor: context.actor }),
    )
    return {
      json: { revoked: credentialId },
      text: [`The key ${credentialId} is revoked, in all processes.`],
    }
  },
})

export const key = group(
  'key',
  'Create, rotate and revoke keys: API keys of partners, and those that encrypt.',
  [create, list, rotate, revoke, rotateMaster, rotateData],
)

function requireDialect({ dialects }: Context, wanted: string): Context['dialects'][number] {
  const found = dialects.find(({ name }) => name === wanted)
  if (found !== undefined) return found
  const names = dialects.map(({ name }) => name).join(', ')
  throw new BadUsage(`--dialect must be one of ${names}, not "${wanted}".`)
}
