import { existsSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { BadSetting, readSettings, writeKeyFile } from './config.ts'
import { syncFolder } from './durable-files.ts'
import { newSecretKey, parseSecretKey } from './secrets.ts'
import type { SecretKey } from './secrets.ts'

/** Where the master key is kept when no setting holds it. */
export function masterKeyFile(dataDir: string): string {
  return join(dataDir, 'master.key')
}

/** Whether the master key is in a setting, which then counts and not the file. */
export function hasMasterKeySetting(): boolean {
  return readSettings()['SCRIP_MASTER_KEY'] !== undefined
}

/**
 * The key that will be the next master key, out of a file beside the current one, which is made if there is none: a rotation that
 * was cut short goes on with the same key. Throws BadSetting where the master key is not kept in a file.
 */
export function prepareKeyFileRotation(dataDir: string): SecretKey {
  if (hasMasterKeySetting()) {
    throw new BadSetting(
      'The master key is in SCRIP_MASTER_KEY, not in a file: put the new key there and the former one into SCRIP_MASTER_KEY_PREVIOUS.',
    )
  }
  const file = nextFile(dataDir)
  if (!existsSync(file)) writeKeyFile(dataDir, file, newSecretKey())
  const key = parseSecretKey(readFileSync(file, 'utf8'))
  if (key === undefined)
    throw new BadSetting(`The key file ${file} must hold 32 bytes, as 64 hex digits or base64.`)
  return key
}

/** Puts the next key in the place of the current one, which is kept as master.key.old; an older one of that name gets a number. */
export function finishKeyFileRotation(dataDir: string): {
  readonly file: string
  readonly formerFile: string
} {
  const file = masterKeyFile(dataDir)
  let formerFile = `${file}.old`
  for (let number = 2; existsSync(formerFile); number += 1) formerFile = `${file}.old-${number}`
  renameSync(file, formerFile)
  renameSync(nextFile(dataDir), file)
  syncFolder(dataDir)
  return { file, formerFile }
}

function nextFile(dataDir: string): string {
  return `${masterKeyFile(dataDir)}.next`
}
