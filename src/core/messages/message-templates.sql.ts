import { sql } from '../../platform/database.ts'
import type { Db, Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import type { PartnerId } from '../../values/ids.ts'
import type { Locale } from '../../values/locale.ts'
import type { Channel } from './message.ts'
import type { TemplateSource } from './templates.ts'

/** Where a text stands. */
export type TemplatePlace = { readonly code: string; readonly channel: Channel; readonly locale: Locale }

/** A text of an operator's own that is in force. */
export type EditedTemplate = TemplatePlace & {
  readonly source: TemplateSource
  readonly editedAt: Date
  readonly actor: string
}

type EditedRow = TemplatePlace & {
  readonly subject: string | null
  readonly body: string | null
  readonly html: string | null
  readonly editedAt: Date
  readonly actor: string
}

/** Puts a text into force; undefined: the built-in one. */
export async function insertTemplate(
  tx: Tx,
  partnerId: PartnerId,
  { code, channel, locale }: TemplatePlace,
  source: TemplateSource | undefined,
  actor: string,
): Promise<void> {
  await tx.query(sql`
    insert into message_templates (partner_id, code, channel, locale, id, subject, body, html, actor)
    values (${partnerId}, ${code}, ${channel}, ${locale}, ${newId()}, ${source?.subject ?? null}, ${source?.text ?? null},
            ${source?.html ?? null}, ${actor})`)
}

/** Undefined where the built-in text is in force. */
export async function findTemplateInForce(
  db: Db,
  partnerId: PartnerId,
  { code, channel, locale }: TemplatePlace,
): Promise<EditedTemplate | undefined> {
  const [row] = await db.query<EditedRow>(sql`
    select ${columns} from message_templates
    where partner_id = ${partnerId} and code = ${code} and channel = ${channel} and locale = ${locale}
    order by edited_at desc, id desc limit 1`)
  return row === undefined ? undefined : toEdited(row)[0]
}

/** All that are in force: not more than there are templates, channels and languages. */
export async function selectTemplatesInForce(db: Db, partnerId: PartnerId): Promise<EditedTemplate[]> {
  const rows = await db.query<EditedRow>(sql`
    select distinct on (code, channel, locale) ${columns} from message_templates
    where partner_id = ${partnerId} order by code, channel, locale, edited_at desc, id desc`)
  return rows.flatMap(toEdited)
}

/** Nothing where the newest row gives the built-in text back. */
function toEdited({ subject, body, html, ...row }: EditedRow): EditedTemplate[] {
  if (subject === null || body === null) return []
  return [{ ...row, source: { subject, text: body, html: html ?? undefined } }]
}

const columns = sql`code, channel, locale, subject, body, html, edited_at as "editedAt", actor`
