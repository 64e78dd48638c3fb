import { createDemoWorld } from '../core/demo/create-demo-world.ts'
import { issueDemoKeys } from '../core/demo/issue-demo-keys.ts'
import type { KeyRing } from '../core/keys/ring.ts'
import type { Database } from '../platform/database.ts'
import { readDemoFile, writeDemoFile } from '../platform/demo-file.ts'
import type { Progress } from '../platform/progress.ts'

/**
 * Makes the demo world where it is missing, in whole or in part, and sees to it that demo.json has working keys and the address under
 * which the server is reached now.
 */
export async function ensureDemoWorld(
  parts: {
    readonly database: Database
    readonly keyRing: KeyRing
    readonly dataDir: string
    readonly publicUrl: string
  },
  progress: Progress,
): Promise<void> {
  const { database, keyRing, dataDir, publicUrl } = parts
  const made = await createDemoWorld(database, keyRing, {
    onProgress: ({ done, total, step }) => progress.at(done, total, step),
  })
  progress.end('The demo world is ready.')
  const known = readDemoFile(dataDir)
  if (made !== undefined) writeDemoFile(dataDir, publicUrl, made)
  else if (known === undefined) writeDemoFile(dataDir, publicUrl, await issueDemoKeys(database, keyRing))
  else if (known.baseUrl !== publicUrl) writeDemoFile(dataDir, publicUrl, known)
}
