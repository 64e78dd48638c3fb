import { writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { approveIdentity, rejectIdentity } from '../core/identity/decide-identity.ts'
import { openDocument, openIdentity } from '../core/identity/find-identity.ts'
import { documentBytesMost, identityStates } from '../core/identity/identity.ts'
import type { IdentityCheck } from '../core/identity/identity.ts'
import { listIdentities } from '../core/identity/list-identities.ts'
import { submitIdentity } from '../core/identity/submit-identity.ts'
import { findPartner } from '../core/partners/find-partner.ts'
import { readWholeFile } from '../platform/files.ts'
import type { IdentityCheckId, IdentityDocumentId } from '../values/ids.ts'
import { command, group } from './command.ts'
import { pageOptions, pageText } from './pages.ts'
import { argument, oneOf, option, options, requiredOption, text, uuid } from './params.ts'
import { partnerArgument } from './references.ts'
import { facts, table } from './table.ts'

const idArgument = argument('<check>', 'the id, from "scrip kyc list"', uuid<IdentityCheckId>)

const submit = command({
  name: 'submit',
  summary: 'Submit who is behind a partner, with documents; another person approves or rejects it.',
  details: ['Documents are PDF, PNG or JPEG files of at most 5 MiB, at most ten. They are kept encrypted.'],
  examples: [
    'kyc submit ops@acme.example --kind company --legal-name "Acme Ltd" --officer "Ada Obi" --country NG --document register.pdf',
  ],
  params: {
    partner: partnerArgument,
    kind: requiredOption('--kind <word>', 'person or company', oneOf(['person', 'company'])),
    legalName: requiredOption('--legal-name <name>', 'as the documents spell it', text),
    officer: requiredOption('--officer <name>', 'who acts for it, or the person', text),
    birthDate: option('--birth-date <day>', "the officer's: 1990-01-31", text),
    registration: option('--registration <number>', 'in the register of companies, or of the document', text),
    country: requiredOption('--country <code>', 'ISO 3166-1, two letters', text),
    address: option('--address <text>', 'where it is', text),
    documents: options('--document <file>', 'a file that shows it; several may be given', text),
  },
  async run(context, input) {
    const database = await context.database()
    const keyRing = await context.keyRing()
    const { id: partnerId } = await findPartner(database, input.partner)
    const documents = await Promise.all(
      input.documents.map(async (path) => ({
        name: basename(path),
        content: await readWholeFile(path, documentBytesMost),
      })),
    )
    const id = await database.inTransaction((tx) =>
      submitIdentity(tx, keyRing, {
        partnerId,
        kind: input.kind,
        legalName: input.legalName,
        details: {
          officerName: input.officer,
          officerBirthDate: input.birthDate ?? '',
          registrationNumber: input.registration ?? '',
          country: input.country.toUpperCase(),
          address: input.address ?? '',
        },
        documents,
        actor: context.actor,
      }),
    )
    return { json: { checkId: id }, text: [`Submitted: ${id}`] }
  },
})

const list = command({
  name: 'list',
  summary: 'List what was submitted, newest first.',
  examples: ['kyc list --state submitted', 'kyc list --json'],
  params: {
    state: option('--state <word>', `one of ${identityStates.join(', ')}`, oneOf(identityStates)),
    ...pageOptions,
  },
  async run(context, { state, limit, after }) {
    const page = await listIdentities(await context.database(), state, { limit, cursor: after })
    return {
      json: { checks: page.rows, nextCursor: page.nextCursor },
      text: [...checksTable(page.rows), ...pageText(page)],
    }
  },
})

const show = command({
  name: 'show',
  summary: 'Show all that was submitted; that it was looked at is written down.',
  examples: ['kyc show 0199a1b2-0000-7000-8000-000000000000'],
  params: { id: idArgument },
  async run(context, { id }) {
    const database = await context.database()
    const keyRing = await context.keyRing()
    const found = await database.inTransaction((tx) =>
      openIdentity(tx, keyRing, { id, actor: context.actor }),
    )
    const { check, details, documents } = found
    return {
      json: found,
      text: [
        ...facts({
          Kind: check.kind,
          'Legal name': check.legalName,
          State: check.state,
          Reason: check.reason,
          Officer: details.officerName,
          Born: details.officerBirthDate,
          Registration: details.registrationNumber,
          Country: details.country,
          Address: details.address,
        }),
        '',
        ...table(
          ['Document', 'Name', 'Type', 'Bytes'],
          documents.map((one) => [one.id, one.name, one.mediaType, String(one.sizeBytes)]),
        ),
      ],
    }
  },
})

const document = command({
  name: 'document',
  summary: 'Write a document into a file; that it was looked at is written down.',
  examples: ['kyc document 0199a1b2-0000-7000-8000-000000000000 --to register.pdf'],
  params: {
    id: argument('<document>', 'the id, from "scrip kyc show"', uuid<IdentityDocumentId>),
    to: requiredOption('--to <file>', 'which must not be there yet', text),
  },
  async run(context, { id, to }) {
    const database = await context.database()
    const keyRing = await context.keyRing()
    const { content, ...found } = await database.inTransaction((tx) =>
      openDocument(tx, keyRing, { id, actor: context.actor }),
    )
    await writeFile(to, content, { flag: 'wx', mode: 0o600 })
    return { json: { document: found, file: to }, text: [`Written: ${to}`] }
  },
})

const approve = command({
  name: 'approve',
  summary: 'Approve who is behind an account, as another person.',
  examples: ['kyc approve 0199a1b2-0000-7000-8000-000000000000'],
  params: { id: idArgument },
  async run(context, { id }) {
    const database = await context.database()
    const { check, repeated } = await database.inTransaction((tx) =>
      approveIdentity(tx, { id, actor: context.actor }),
    )
    const outcome = repeated ? 'It was approved before; nothing was changed.' : 'Approved.'
    return { json: { repeated, check }, text: [outcome, '', ...checksTable([check])] }
  },
})

const reject = command({
  name: 'reject',
  summary: 'Reject it, as another person; the partner may submit again.',
  examples: [
    'kyc reject 0199a1b2-0000-7000-8000-000000000000 --reason "the register’s extract is older than a year"',
  ],
  params: { id: idArgument, reason: requiredOption('--reason <text>', 'which the partner is told', text) },
  async run(context, { id, reason }) {
    const database = await context.database()
    const { check, repeated } = await database.inTransaction((tx) =>
      rejectIdentity(tx, { id, reason, actor: context.actor }),
    )
    const outcome = repeated ? 'It was rejected before; nothing was changed.' : 'Rejected.'
    return { json: { repeated, check }, text: [outcome, '', ...checksTable([check])] }
  },
})

export const kyc = group(
  'kyc',
  'Who is behind a partner: submitted with documents, approved by another person.',
  [submit, list, show, document, approve, reject],
)

function checksTable(found: readonly IdentityCheck[]): string[] {
  const rows = found.map((one) => [
    one.id,
    one.createdAt.toISOString(),
    one.kind,
    one.legalName,
    one.state,
    one.decidedBy ?? `submitted by ${one.submittedBy}`,
    one.reason,
  ])
  return table(['Check', 'At', 'Kind', 'Legal name', 'State', 'By', 'Reason'], rows, 'Nothing was submitted.')
}
