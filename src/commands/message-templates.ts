import { readFile, stat } from 'node:fs/promises'
import { editTemplate } from '../core/messages/edit-template.ts'
import { listTemplates } from '../core/messages/list-templates.ts'
import type { TemplateInForce } from '../core/messages/list-templates.ts'
import { channels } from '../core/messages/message.ts'
import { resetTemplate } from '../core/messages/reset-template.ts'
import { openRenderer } from '../platform/templates.ts'
import { Failure } from '../values/failure.ts'
import { locales } from '../values/locale.ts'
import { command, group } from './command.ts'
import { argument, oneOf, option, requiredOption, text } from './params.ts'
import { facts, table } from './table.ts'

const place = {
  template: argument('<template>', 'its name, from "scrip messages templates list"', text),
  channel: option('--channel <channel>', 'mail or sms (mail)', oneOf(channels), 'mail'),
  locale: option('--locale <locale>', 'en or ru (en)', oneOf(locales), 'en'),
}

const list = command({
  name: 'list',
  summary: 'List the templates, what they may tell, and which were edited.',
  examples: ['messages templates list', 'messages templates list --json'],
  params: {},
  async run(context) {
    const templates = await listTemplates(await context.database())
    const rows = templates.map((one) => [
      one.code,
      one.channel,
      one.locale,
      one.edited === undefined ? 'built-in' : `edited by ${one.edited.actor}`,
      one.variables.join(', '),
      one.summary,
    ])
    return {
      json: { templates },
      text: table(['Template', 'By', 'In', 'Text', 'May tell', 'Sent'], rows),
    }
  },
})

const show = command({
  name: 'show',
  summary: 'Show the text of a template that is in force.',
  examples: [
    'messages templates show order_delivered',
    'messages templates show login_code --channel sms --locale ru',
  ],
  params: place,
  async run(context, { template: code, channel, locale }) {
    const found = (await listTemplates(await context.database())).find(
      (one) => one.code === code && one.channel === channel && one.locale === locale,
    )
    if (found === undefined) throw new Failure('template_not_found')
    return { json: { template: found }, text: textOf(found) }
  },
})

function textOf({ source, variables, edited }: TemplateInForce): string[] {
  return [
    ...facts({
      Text: edited === undefined ? 'built-in' : `edited by ${edited.actor}, ${edited.at.toISOString()}`,
      'May tell': variables.join(', '),
      Subject: source.subject === '' ? undefined : source.subject,
    }),
    '',
    ...source.text.split('\n'),
    ...(source.html === undefined ? [] : ['HTML:', ...source.html.split('\n')]),
  ]
}

const edit = command({
  name: 'edit',
  summary: 'Put a text of your own in the place of a template, for all messages from now on.',
  details: [
    'The text is in Liquid ({{ name }}, {% if … %}, {% for … %}) and is tried with sample facts before it is taken. A mail may say the same in HTML; values are escaped there.',
  ],
  examples: [
    'messages templates edit order_delivered --subject "Your codes: {{ product }}" --file delivered.txt',
    'messages templates edit login_code --channel sms --locale ru --file login.txt',
  ],
  params: {
    ...place,
    file: requiredOption('--file <file>', 'the text', text),
    subject: option('--subject <text>', "a mail's subject; as it is, if it is left out", text),
    htmlFile: option('--html-file <file>', 'the same in HTML, for a mail', text),
  },
  async run(context, { template, channel, locale, file, subject, htmlFile }) {
    const database = await context.database()
    const known = (await listTemplates(database)).find(
      (one) => one.code === template && one.channel === channel && one.locale === locale,
    )
    const source = {
      subject: subject ?? known?.source.subject ?? '',
      text: await readText(file),
      html: htmlFile === undefined ? undefined : await readText(htmlFile),
    }
    const order = { template, channel, locale, source, actor: context.actor }
    await database.inTransaction((tx) => editTemplate(tx, openRenderer(), order))
    return {
      json: { edited: { template, channel, locale } },
      text: [`${template} by ${channel} in ${locale} says what ${file} says, from now on.`],
    }
  },
})

/** Throws Failure invalid_file. */
async function readText(path: string): Promise<string> {
  try {
    if ((await stat(path)).size > fileBytesMost) throw new Error('larger than 256 KiB')
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new Failure('invalid_file', { sentence: `The file ${path} cannot be read: ${reason}.` })
  }
}

const reset = command({
  name: 'reset',
  summary: 'Give the built-in text of a template its place back.',
  examples: ['messages templates reset order_delivered --channel mail --locale en'],
  params: place,
  async run(context, { template, channel, locale }) {
    const database = await context.database()
    const order = { template, channel, locale, actor: context.actor }
    const wasEdited = await database.inTransaction((tx) => resetTemplate(tx, order))
    return {
      json: { reset: { template, channel, locale }, wasEdited },
      text: [
        `${template} by ${channel} in ${locale} ${wasEdited ? 'is' : 'was'} the built-in text${wasEdited ? ' again' : ' already'}.`,
      ],
    }
  },
})

const fileBytesMost = 262_144

export const messageTemplates = group('templates', 'The texts of messages: the built-in ones and your own.', [
  list,
  show,
  edit,
  reset,
])
