export const locales = ['en', 'ru'] as const

export type Locale = (typeof locales)[number]

/** A text per locale; English is always there and stands in for what is missing. */
export type Translations = { readonly en: string } & { readonly [L in Exclude<Locale, 'en'>]?: string }

/** The text in the wanted locale, else in English. */
export function translate(texts: Translations, locale: Locale): string {
  return texts[locale] ?? texts.en
}
