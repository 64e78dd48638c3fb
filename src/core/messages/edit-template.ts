import type { Tx } from '../../platform/database.ts'
import { TemplateFault } from '../../platform/templates.ts'
import type { Renderer } from '../../platform/templates.ts'
import { Failure } from '../../values/failure.ts'
import type { FieldProblem } from '../../values/failure.ts'
import { isStorableJson } from '../../values/json.ts'
import type { Locale } from '../../values/locale.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { houseId, subjectProblem, textLongest } from './message.ts'
import type { Channel } from './message.ts'
import { insertTemplate } from './message-templates.sql.ts'
import { parseTemplateCode, templates, variablesOf } from './templates.ts'
import type { TemplateCode, TemplateSource } from './templates.ts'

export type EditTemplate = {
  readonly template: string
  readonly channel: Channel
  readonly locale: Locale
  readonly source: TemplateSource
  readonly actor: string
}

/**
 * Puts an operator's own text in the place of the one in force, for all messages asked for from now on. It is tried first: every
 * variable must be one of the template's, a subject may name no secret, and it must render with sample facts.
 * Throws Failure template_not_found, validation_failed (subject, text, html, with the line).
 */
export async function editTemplate(tx: Tx, renderer: Renderer, command: EditTemplate): Promise<void> {
  const { channel, locale, source, actor } = command
  const code = parseTemplateCode(command.template)
  if (code === undefined) throw new Failure('template_not_found')
  const fields = problemsOf(renderer, code, channel, source)
  if (fields.length > 0) throw new Failure('validation_failed', { fields })
  await insertTemplate(tx, houseId, { code, channel, locale }, source, actor)
  const details = { channel, locale }
  await recordAudit(tx, { actor, action: 'template.edited', subject: code, details })
}

function problemsOf(
  renderer: Renderer,
  code: TemplateCode,
  channel: Channel,
  source: TemplateSource,
): FieldProblem[] {
  if (channel === 'sms' && (source.subject !== '' || source.html !== undefined))
    return [{ field: 'subject', sentence: 'A short message has neither a subject nor HTML.' }]
  const tried = (field: string, text: string, part: 'subject' | 'body'): FieldProblem[] => {
    const sentence = problemOf(renderer, code, { channel, text, part, isHtml: field === 'html' })
    return sentence === undefined ? [] : [{ field, sentence: `${field}: ${sentence}` }]
  }
  return [
    ...(channel === 'mail' ? tried('subject', source.subject, 'subject') : []),
    ...tried('text', source.text, 'body'),
    ...(source.html === undefined ? [] : tried('html', source.html, 'body')),
  ]
}

function problemOf(
  renderer: Renderer,
  code: TemplateCode,
  { channel, text, part, isHtml }: Trial,
): string | undefined {
  const variables = variablesOf(code, part)
  const known = `it may use ${variables.join(', ')}`
  if (text.length > textLongest('mail') || !isStorableJson(text)) return 'It is too long, or no text.'
  try {
    renderer.check(text, variables)
    const facts = Object.entries(templates[code].sample).filter(([name]) => variables.includes(name))
    const rendered = renderer.render(text, Object.fromEntries(facts), isHtml ? 'html' : 'text').trim()
    if (rendered === '') return 'It must not be empty.'
    if (part === 'subject') return subjectProblem(rendered)
    return rendered.length > textLongest(channel)
      ? `It must have at most ${textLongest(channel)} characters.`
      : undefined
  } catch (error) {
    if (!(error instanceof TemplateFault)) throw error
    return `Line ${error.line}: ${error.message} (${known}).`
  }
}

type Trial = {
  readonly channel: Channel
  readonly text: string
  readonly part: 'subject' | 'body'
  readonly isHtml: boolean
}
