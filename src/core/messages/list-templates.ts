import type { Db } from '../../platform/database.ts'
import { locales } from '../../values/locale.ts'
import type { Locale } from '../../values/locale.ts'
import { channels, houseId } from './message.ts'
import type { Channel } from './message.ts'
import { selectTemplatesInForce } from './message-templates.sql.ts'
import { builtInSource, templateCodes, templates, variablesOf } from './templates.ts'
import type { TemplateCode, TemplateSource } from './templates.ts'

/** A template in one channel and language, as it is in force. */
export type TemplateInForce = {
  readonly code: TemplateCode
  readonly channel: Channel
  readonly locale: Locale
  readonly summary: string
  readonly variables: readonly string[]
  readonly source: TemplateSource
  /** Undefined: the text is the built-in one. */
  readonly edited: { readonly at: Date; readonly actor: string } | undefined
}

/** Every template in every channel and language: a closed list, which needs no pages. */
export async function listTemplates(db: Db): Promise<TemplateInForce[]> {
  const edited = await selectTemplatesInForce(db, houseId)
  const places = templateCodes.flatMap((code) =>
    channels.flatMap((channel) => locales.map((locale) => ({ code, channel, locale }))),
  )
  return places.map((place) => {
    const { code, channel, locale } = place
    const own = edited.find((one) => one.code === code && one.channel === channel && one.locale === locale)
    return {
      ...place,
      summary: templates[code].summary,
      variables: variablesOf(code, 'body'),
      source: own?.source ?? builtInSource(code, channel, locale),
      edited: own === undefined ? undefined : { at: own.editedAt, actor: own.actor },
    }
  })
}
