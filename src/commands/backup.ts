import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { BadSetting } from '../platform/config.ts'
import { openDatabaseHome } from '../platform/database-home.ts'
import { backUpEmbeddedPostgres } from '../platform/embedded-postgres/back-up.ts'
import { masterKeyFile } from '../platform/key-files.ts'
import { dumpDatabase, findPostgresTool } from '../platform/postgres-tools.ts'
import { command } from './command.ts'
import type { Result } from './command.ts'
import type { Context } from './context.ts'
import { BadUsage, argument, flag, text } from './params.ts'

export const backup = command({
  name: 'backup',
  summary: 'Back the database up while it runs.',
  details: [
    'The embedded database is copied into a new folder by PostgreSQL\'s own procedure for base backups, whole and consistent, beside whatever goes on; "scrip restore" starts from it. All that was committed before the backup began is in it.',
    'Where SCRIP_WAL_ARCHIVE names a folder, PostgreSQL puts its log there piece by piece, and "scrip restore --archive" brings a backup up to date from it, or to any moment after it. Keep the archive on another disk or machine, as the backups: a backup needs the log from its own beginning on.',
    'A database of DATABASE_URL is dumped into a file by pg_dump, which must be on the PATH and not older than the server. For large ones, and to go back to any point in time, use pg_basebackup with archived log instead.',
    'Codes and secrets are encrypted in the backup. They cannot be read without the master key, which is NOT in it unless you ask: keep it somewhere else.',
  ],
  examples: ['backup /backups/2027-01-31', 'backup scrip.dump --json'],
  params: {
    target: argument('<target>', 'a folder that does not exist yet; for DATABASE_URL a file', text),
    withMasterKey: flag(
      '--include-the-master-key-unprotected',
      'put the master key beside the data: whoever gets the backup can then read everything',
    ),
  },
  async run(context, { target, withMasterKey }) {
    if (context.config.databaseUrl === undefined) return backUpFolder(context, target, withMasterKey)
    if (withMasterKey)
      throw new BadUsage(
        '--include-the-master-key-unprotected is for the embedded database; the file of pg_dump cannot hold a key.',
      )
    return dumpFile(context, context.config.databaseDirectUrl ?? context.config.databaseUrl, target)
  },
})

async function backUpFolder(context: Context, target: string, withMasterKey: boolean): Promise<Result> {
  const { config, log } = context
  const masterKey = withMasterKey ? readKey(config.dataDir) : undefined
  const home = await openDatabaseHome(config, 'use', log)
  const progress = context.progress('Backing up')
  try {
    const onProgress = (done: number, total: number, doing: string): void => progress.at(done, total, doing)
    const manifest = await backUpEmbeddedPostgres({ dataDir: config.dataDir, target, masterKey, onProgress })
    progress.end('Backed up')
    const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0)
    const { startedAt, finishedAt, hasMasterKey } = manifest
    const keyLine = hasMasterKey
      ? 'THE MASTER KEY IS IN IT: whoever has this folder can read every code and secret.'
      : 'The master key is not in it. Without it the codes and secrets cannot be read: keep it somewhere else.'
    return {
      json: {
        folder: resolve(target),
        files: manifest.files.length,
        bytes,
        startedAt,
        finishedAt,
        hasMasterKey,
      },
      text: [
        `Backed up into ${resolve(target)}: ${manifest.files.length} files, ${Math.ceil(bytes / 1_048_576)} MiB.`,
        keyLine,
      ],
    }
  } catch (error) {
    progress.fail()
    throw error
  } finally {
    await home.close()
  }
}

async function dumpFile(context: Context, url: string, target: string): Promise<Result> {
  if (findPostgresTool('pg_dump') === undefined) {
    throw new BadSetting(
      'pg_dump is not on the PATH. Install the client programs of PostgreSQL, not older than the server, and run this again; or back the server up with its own pg_basebackup.',
    )
  }
  if (existsSync(target)) throw new BadSetting(`${target} is there already. Name a new file.`)
  // Made by us, so that only its owner can read it.
  writeFileSync(target, '', { mode: 0o600, flag: 'wx' })
  const progress = context.progress('Dumping')
  try {
    await dumpDatabase(url, target)
    progress.end('Dumped')
  } catch (error) {
    progress.fail()
    rmSync(target, { force: true })
    throw error
  }
  return {
    json: { file: resolve(target), hasMasterKey: false },
    text: [
      `Dumped into ${resolve(target)}.`,
      'The master key is not in it. Without it the codes and secrets cannot be read: keep it somewhere else.',
    ],
  }
}

function readKey(dataDir: string): string {
  const file = masterKeyFile(dataDir)
  if (!existsSync(file))
    throw new BadSetting(`There is no ${file} to include: the master key is in SCRIP_MASTER_KEY.`)
  return readFileSync(file, 'utf8').trim()
}
