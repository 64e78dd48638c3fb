// Builds the web app where it is missing or older than what it is made of. Plain JavaScript: the launcher and the tests run it.
import { createHash, randomUUID } from 'node:crypto'
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './launcher.js'

const web = join(root, 'web')

/** Where the built app is; its folder is replaced whole. */
export const webAppFolder = join(web, 'dist')

/**
 * Builds the app unless it is up to date. Several processes may come at once: each builds a folder of its own, and the last one's stays.
 *
 * @param say takes a line for the person at the terminal
 */
export async function ensureWebApp(say = () => {}) {
  // An installation may come without the app's sources: it serves the APIs, and its pages say what is missing.
  if (!existsSync(join(web, 'index.html'))) return
  const mark = markOfSources()
  if (readMark() === mark) return
  say('Building the web app …')
  const fresh = `${webAppFolder}.${randomUUID()}`
  try {
    await runVite(fresh)
    writeFileSync(join(fresh, '.mark'), mark)
    replace(fresh)
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}

function replace(fresh) {
  const old = `${webAppFolder}.${randomUUID()}`
  try {
    renameSync(webAppFolder, old)
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
  }
  try {
    renameSync(fresh, webAppFolder)
  } catch (error) {
    // Another process was quicker: its app is as good.
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
  }
  rmSync(old, { recursive: true, force: true })
}

function readMark() {
  const file = join(webAppFolder, '.mark')
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

/** A hash over the app's sources, the wire that it shares with the server, and the versions of its packages. */
function markOfSources() {
  const hash = createHash('sha256')
  const folders = [web, join(root, 'src/dialects/house/wire'), join(root, 'src/values')]
  for (const folder of folders)
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter(
        (one) => one.isFile() && !one.parentPath.startsWith(webAppFolder) && !one.name.endsWith('.test.ts'),
      )
      .map((one) => join(one.parentPath, one.name))
      .toSorted())
      hash.update(entry.slice(root.length)).update(readFileSync(entry))
  hash.update(readFileSync(join(root, 'package-lock.json')))
  return hash.digest('hex')
}

async function runVite(outDir) {
  const vite = join(root, 'node_modules/vite/bin/vite.js')
  const args = [vite, 'build', web, '--outDir', outDir, '--logLevel', 'error']
  const child = spawn(process.execPath, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A test's own setting would build the slow and large variant of every library.
    env: { ...process.env, NODE_ENV: 'production' },
  })
  let said = ''
  child.stdout.on('data', (text) => (said += text))
  child.stderr.on('data', (text) => (said += text))
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', resolve)
  })
  if (code !== 0) throw new Error(`The web app could not be built:\n${said}`)
}
