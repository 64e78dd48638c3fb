import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The version of this program, as its manifest says: "0.1.0". */
export const programVersion: string = readVersion()

function readVersion(): string {
  const file = join(import.meta.dirname, '../../package.json')
  const manifest: unknown = JSON.parse(readFileSync(file, 'utf8'))
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown'
}
