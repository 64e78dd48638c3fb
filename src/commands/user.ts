import { houseId } from '../core/messages/message.ts'
import { findPartner } from '../core/partners/find-partner.ts'
import { requestReset } from '../core/users/choose-password.ts'
import { inviteUser } from '../core/users/invite-user.ts'
import { changeUser, listUsers } from '../core/users/manage-users.ts'
import { newSetupCode } from '../core/users/set-up-operator.ts'
import { operatorRoles, partnerRoles } from '../core/users/user.ts'
import type { User } from '../core/users/user.ts'
import type { Db } from '../platform/database.ts'
import type { PartnerId, UserId } from '../values/ids.ts'
import { command, group } from './command.ts'
import type { Context } from './context.ts'
import { pageOptions, pageText } from './pages.ts'
import { BadUsage, argument, flag, option, requiredOption, text, uuid } from './params.ts'
import { partnerReference } from './references.ts'
import type { PartnerReference } from './references.ts'
import { table } from './table.ts'

const ofPartner = option(
  '--partner <partner>',
  "a partner's person (id, number or e-mail address of the partner); an operator, if it is left out",
  partnerReference,
)

const list = command({
  name: 'list',
  summary: 'List operators, or the people of a partner, newest first.',
  examples: ['user list', 'user list --partner ops@acme.example --json'],
  params: { partner: ofPartner, ...pageOptions },
  async run(context, { partner, limit, after }) {
    const database = await context.database()
    const page = await listUsers(database, await companyOf(database, partner), { limit, cursor: after })
    return {
      json: { users: page.rows, nextCursor: page.nextCursor },
      text: [...usersTable(page.rows), ...pageText(page)],
    }
  },
})

const invite = command({
  name: 'invite',
  summary: 'Give somebody access; a link is mailed by which they choose a password.',
  details: [
    `Operators are ${operatorRoles.join(', ')}; a partner's people are ${partnerRoles.join(', ')}.`,
    'Where no mail leaves this machine yet, --show-link prints the link.',
  ],
  examples: [
    'user invite ada@example.com --name "Ada Obi" --role admin',
    'user invite dev@acme.example --partner 1 --name "Sam Lee" --role developer',
  ],
  params: {
    email: argument('<email>', 'where the link is mailed to', text),
    name: requiredOption('--name <name>', 'as others see it', text),
    role: requiredOption('--role <role>', 'what they may do', text),
    partner: ofPartner,
    showLink: flag('--show-link', 'print the link: whoever sees it can take up the invitation'),
  },
  async run(context, { email, name, role, partner, showLink }) {
    const database = await context.database()
    const keyRing = await context.keyRing()
    const partnerId = await companyOf(database, partner)
    const page = pageFor(context, partnerId)
    const side = partner === undefined ? 'operator' : 'partner'
    const order = { side, partnerId, email, name, role, page, actor: context.actor } as const
    const { user, token } = await database.inTransaction((tx) => inviteUser(tx, keyRing, order))
    const link = showLink ? { link: `${page}#${token}` } : {}
    return {
      json: { user, ...link },
      text: [`Invited: ${user.email} (${user.id})`, ...(showLink ? [`${page}#${token}`] : [])],
    }
  },
})

const update = command({
  name: 'update',
  summary: "Change somebody's role, or shut them out or in again; who is shut out is signed out everywhere.",
  examples: [
    'user update 0199a1b2-0000-7000-8000-000000000000 --role finance',
    'user update 0199a1b2-0000-7000-8000-000000000000 --partner 1 --disable',
  ],
  params: {
    user: argument('<user>', 'the id, from "scrip user list"', uuid<UserId>),
    partner: ofPartner,
    role: option('--role <role>', 'what they may do from here on', text),
    disable: flag('--disable', 'shut them out'),
    enable: flag('--enable', 'let them in again'),
  },
  async run(context, { user: id, partner, role, disable, enable }) {
    if (disable && enable) throw new BadUsage('Give --disable or --enable, not both.')
    const database = await context.database()
    const partnerId = await companyOf(database, partner)
    const isDisabled = disable ? true : enable ? false : undefined
    const order = { partnerId, id, role, isDisabled, actor: context.actor }
    const user = await database.inTransaction((tx) => changeUser(tx, order))
    return { json: { user }, text: usersTable([user]) }
  },
})

const reset = command({
  name: 'reset',
  summary: 'Mail somebody a link by which they choose a new password.',
  details: ['The answer is the same whether somebody has the address or not.'],
  examples: ['user reset ada@example.com'],
  params: {
    email: argument('<email>', 'their address', text),
    partner: ofPartner,
  },
  async run(context, { email, partner }) {
    const database = await context.database()
    const keyRing = await context.keyRing()
    const page = pageFor(context, await companyOf(database, partner))
    await database.inTransaction((tx) => requestReset(tx, keyRing, { email, page }))
    return { json: { requested: true }, text: ['If somebody has this address, a link is on its way.'] }
  },
})

const setupCode = command({
  name: 'setup-code',
  summary: 'Print the code with which the first operator is made, on the page /console/setup.',
  details: ['It works for a day, once, as long as there is no operator; the former one ends.'],
  examples: ['user setup-code'],
  params: {},
  async run(context) {
    const code = await newSetupCode(await context.database())
    const page = `${publicUrl(context)}/console/setup`
    if (code === undefined)
      return { json: { code: null }, text: ['There is an operator already.'], ok: false }
    return { json: { code, page }, text: [`Code: ${code}`, `Page: ${page}#${code}`] }
  },
})

export const user = group(
  'user',
  'People who sign in: operators at the console, partners’ people at the portal.',
  [list, invite, update, reset, setupCode],
)

async function companyOf(database: Db, partner: PartnerReference | undefined): Promise<PartnerId> {
  return partner === undefined ? houseId : (await findPartner(database, partner)).id
}

function pageFor(context: Context, partnerId: PartnerId): string {
  return `${publicUrl(context)}/${partnerId === houseId ? 'console' : 'portal'}/password`
}

function publicUrl({ config }: Context): string {
  return config.publicUrl
}

function usersTable(users: readonly User[]): string[] {
  const rows = users.map((one) => [
    one.id,
    one.email,
    one.name,
    one.role,
    one.state,
    one.hasAuthenticator ? 'app' : '',
    one.signedInAt?.toISOString() ?? 'never',
  ])
  return table(
    ['User', 'E-mail', 'Name', 'Role', 'State', 'Second factor', 'Last here'],
    rows,
    'There is nobody.',
  )
}
