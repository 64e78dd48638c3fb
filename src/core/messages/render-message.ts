import type { Facts, Renderer } from '../../platform/templates.ts'
import type { Channel, MessageTexts } from './message.ts'
import { variablesOf } from './templates.ts'
import type { TemplateCode, TemplateSource } from './templates.ts'

export type RenderedMessage = { readonly subject: string } & MessageTexts

/** The subject sees only what is no secret: it is stored and listed in clear. Throws TemplateFault. */
export function renderMessage(
  renderer: Renderer,
  { template, channel }: { readonly template: TemplateCode; readonly channel: Channel },
  source: TemplateSource,
  facts: Facts,
): RenderedMessage {
  const open = new Set(variablesOf(template, 'subject'))
  const openFacts = Object.fromEntries(Object.entries(facts).filter(([name]) => open.has(name)))
  return {
    subject: channel === 'mail' ? renderer.render(source.subject, openFacts, 'text').trim() : '',
    text: renderer.render(source.text, facts, 'text'),
    html: source.html === undefined ? undefined : renderer.render(source.html, facts, 'html'),
  }
}
