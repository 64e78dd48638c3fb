/** Where the built app is. */
export const webAppFolder: string
/** Builds the app unless it is up to date. */
export function ensureWebApp(say?: (line: string) => void): Promise<void>
