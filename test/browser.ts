import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { inflate } from '@sparticuz/chromium'
import type { AxeResults } from 'axe-core'
import { chromium } from 'playwright-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll } from 'vitest'

/** A common phone: what a buyer holds. */
export const phone = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
} satisfies BrowserContextOptions

/** A common screen on a desk. */
export const desktop = { viewport: { width: 1280, height: 800 } } satisfies BrowserContextOptions

/**
 * A headless Chromium, closed when the test file ends: the one that comes with the development dependencies (Linux on x64), else an
 * installed one, or the one that SCRIP_TEST_BROWSER names.
 */
export async function openBrowser(): Promise<Browser> {
  const { executablePath, libraries } = await findBrowser()
  const browser = await chromium.launch({
    executablePath,
    // A sandbox needs rights that a container's root does not have; only our own pages are opened. The rest keeps it off the network.
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
    ...(libraries === undefined ? {} : { env: { ...process.env, LD_LIBRARY_PATH: libraries } }),
  })
  afterAll(() => browser.close())
  return browser
}

/** What axe finds wrong with the page as it stands, a line each: "color-contrast (serious): .price". An accessible page has none. */
export async function findBarriers(page: Page): Promise<string[]> {
  // Evaluated rather than added as a script: a page's own policy forbids scripts that are not its own.
  await page.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'))
  const results: AxeResults = await page.evaluate('axe.run(document)')
  return results.violations.map(
    ({ id, impact, nodes }) => `${id} (${impact}): ${nodes.map(({ target }) => target.join(' ')).join(', ')}`,
  )
}

/** By how many pixels the page is wider than its window; 0: nobody has to scroll sideways. */
export async function measureOverflow(page: Page): Promise<number> {
  return await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
}

/** Keeps a picture of the whole page as `<name>.png` in the folder that SCRIP_PICTURES names; without it, does nothing. */
export async function takePicture(page: Page, name: string): Promise<void> {
  const folder = process.env['SCRIP_PICTURES']
  if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true })
}

type Found = { readonly executablePath: string; readonly libraries?: string }

async function findBrowser(): Promise<Found> {
  const named = process.env['SCRIP_TEST_BROWSER']
  if (named !== undefined) return { executablePath: named }
  if (process.platform === 'linux' && process.arch === 'x64') return await unpackBrowser()
  const executablePath = installed.find((path) => existsSync(path))
  if (executablePath === undefined)
    throw new Error('No Chromium was found: install one, or name its program in SCRIP_TEST_BROWSER.')
  return { executablePath }
}

const installed = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

/** The packaged browser with the libraries that a bare machine lacks, unpacked once for all test runs. */
async function unpackBrowser(): Promise<Found> {
  const home = dirname(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')))
  const packed = join(home, 'bin')
  const unpacked = join(home, 'unpacked')
  if (!existsSync(unpacked)) {
    await mkdir(home, { recursive: true })
    const own = await mkdtemp(join(home, 'unpacking-'))
    await inflateInto(own, packed)
    // Whoever comes second finds the folder taken, by the same files.
    await rename(own, unpacked).catch(async () => rm(own, { recursive: true }))
  }
  return { executablePath: join(unpacked, 'chromium'), libraries: join(unpacked, 'al2023', 'lib') }
}

/** The package unpacks into the folder for temporary files, whatever it is at the time. */
async function inflateInto(folder: string, packed: string): Promise<void> {
  const { TMPDIR } = process.env
  process.env['TMPDIR'] = folder
  try {
    await inflate(join(packed, 'chromium.br'))
    await inflate(join(packed, 'al2023.tar.br'))
  } finally {
    if (TMPDIR === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = TMPDIR
  }
}
