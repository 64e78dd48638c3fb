import { constants } from 'node:fs'
import { access, stat, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Config } from '../platform/config.ts'
import { masterKeyFile } from '../platform/key-files.ts'
import { fail, ok, warn } from './finding.ts'
import type { Finding } from './finding.ts'

/** What can be seen without a database; without a config only what needs none. */
export async function machineFindings(config: Config | undefined): Promise<Finding[]> {
  const findings = [nodeFinding()]
  if (config === undefined) return findings
  return [
    ...findings,
    await dataDirFinding(config.dataDir),
    await secretFilesFinding(config.dataDir),
    await diskFinding(config.dataDir),
  ]
}

function nodeFinding(): Finding {
  const [major = 0] = process.versions.node.split('.').map(Number)
  if (major >= 24) return ok('node', process.version)
  return warn('node', process.version, 'Scrip is tested with Node 24: install that one.')
}

async function dataDirFinding(dataDir: string): Promise<Finding> {
  const info = await stat(dataDir).catch(() => undefined)
  if (info === undefined)
    return warn(
      'data directory',
      `${dataDir} does not exist yet`,
      'It is made by the first start; or name another with SCRIP_DATA_DIR.',
    )
  if (!info.isDirectory())
    return fail('data directory', `${dataDir} is no directory`, 'Name another with SCRIP_DATA_DIR.')
  const writable = await access(dataDir, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  )
  if (!writable)
    return fail(
      'data directory',
      `this user may not write to ${dataDir}`,
      'Give it to the user who runs Scrip, or name another with SCRIP_DATA_DIR.',
    )
  if (process.platform !== 'win32' && (info.mode & 0o022) !== 0)
    return fail('data directory', `others may write to ${dataDir}`, `Run chmod go-w ${dataDir}.`)
  return ok('data directory', dataDir)
}

async function secretFilesFinding(dataDir: string): Promise<Finding> {
  const files = [masterKeyFile(dataDir), join(dataDir, 'postgres-passwords.json'), join(dataDir, 'demo.json')]
  const open: string[] = []
  for (const file of files) {
    const info = await stat(file).catch(() => undefined)
    if (info !== undefined && process.platform !== 'win32' && (info.mode & 0o077) !== 0) open.push(file)
  }
  if (open.length > 0)
    return fail(
      'secret files',
      `others can read ${open.join(', ')}`,
      `Run chmod 600 ${open.join(' ')}, and replace what was in there.`,
    )
  return ok('secret files', 'only their owner can read them')
}

async function diskFinding(dataDir: string): Promise<Finding> {
  const place = await statfs(dataDir)
    .catch(() => statfs(dirname(dataDir)))
    .catch(() => undefined)
  if (place === undefined)
    return warn(
      'disk',
      `the free space of ${dataDir} cannot be told`,
      'Look whether the directory can be made.',
    )
  const freeMiB = Math.floor((place.bavail * place.bsize) / 1_048_576)
  const detail = `${freeMiB} MiB free`
  if (freeMiB < 500)
    return fail('disk', detail, 'A database that cannot write refuses all orders: free some space now.')
  return freeMiB < 5_000
    ? warn('disk', detail, 'Free some space, or move the data to a larger disk.')
    : ok('disk', detail)
}
