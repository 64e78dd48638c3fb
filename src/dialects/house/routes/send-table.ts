import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { mediaTypes, writeTable } from '../../../platform/spreadsheets.ts'
import type { TableFormat } from '../../../platform/spreadsheets.ts'

/** Answers with rows as a file to be saved under `name` and the ending of its format; rows are read as they are sent. */
export function sendTable(
  reply: FastifyReply,
  name: string,
  format: TableFormat,
  rows: AsyncIterable<readonly string[]>,
): FastifyReply {
  return reply
    .type(mediaTypes[format])
    .header('content-disposition', `attachment; filename="${name}.${format}"`)
    .send(Readable.from(writeTable(format, rows)))
}
