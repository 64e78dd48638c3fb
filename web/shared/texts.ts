import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'

/** English texts are their own keys, so that whoever reads a page's code reads the page. */
export async function startTexts(): Promise<void> {
  const locale = localStorage.getItem('locale') ?? (navigator.language.startsWith('ru') ? 'ru' : 'en')
  await i18next.use(initReactI18next).init({
    lng: 'en',
    fallbackLng: 'en',
    keySeparator: false,
    nsSeparator: false,
    returnEmptyString: false,
    interpolation: { escapeValue: false },
    resources: { en: { translation: {} } },
  })
  await useLocale(locale)
}

/** Changes the language, whose texts are loaded when they are wanted. */
export async function useLocale(locale: string): Promise<void> {
  if (locale === 'ru' && !i18next.hasResourceBundle('ru', 'translation')) {
    const { russian } = await import('./russian.ts')
    i18next.addResourceBundle('ru', 'translation', russian)
  }
  localStorage.setItem('locale', locale)
  document.documentElement.lang = locale
  await i18next.changeLanguage(locale)
}
