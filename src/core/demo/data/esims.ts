import type { Translations } from '../../../values/locale.ts'

/** A plan: how much data for how long, and its price in US dollars where data is cheap. */
export type EsimPlan = { readonly dataGb: number; readonly validityDays: number; readonly usd: number }

export const esimPlans: readonly EsimPlan[] = [
  { dataGb: 1, validityDays: 7, usd: 4 },
  { dataGb: 3, validityDays: 15, usd: 8 },
  { dataGb: 5, validityDays: 30, usd: 11 },
  { dataGb: 10, validityDays: 30, usd: 16 },
  { dataGb: 20, validityDays: 30, usd: 26 },
]

/** Countries by what data costs there, as a factor on the plans' prices. */
export const esimCountries: readonly { readonly factor: number; readonly codes: readonly string[] }[] = [
  {
    factor: 1,
    codes: words(`
      AL AT BA BE BG CH CY CZ DE DK EE ES FI FR GB GR HR HU IE IS IT LI LT LU LV MC MD ME MK MT NL NO PL PT RO RS SE SI SK TR UA US
      AU CN HK ID IL IN JP KR MO MY NZ PH SG TH TW VN`),
  },
  {
    factor: 1.25,
    codes: words(`
      AE AM AR AZ BD BH BR CA CL CO CR DO EC EG GE GT JO KE KG KH KW KZ LK MA MU MX NP OM PA PE PK PR QA SA TJ TN UY UZ ZA`),
  },
  {
    factor: 1.75,
    codes: words('BB BO BS BW CI CM FJ GH HN JM LA MG MV MN MZ NG NI PY RW SC SN SV TT TZ UG ZM'),
  },
]

export type EsimRegion = {
  readonly code: string
  readonly names: Translations
  readonly factor: number
  readonly codes: readonly string[]
}

export const esimRegions: readonly EsimRegion[] = [
  region(
    'EUROPE',
    'Europe',
    'Европа',
    1.1,
    'AT BE BG CH CY CZ DE DK EE ES FI FR GB GR HR HU IE IS IT LT LU LV MT NL NO PL PT RO SE SI SK',
  ),
  region('BALKANS', 'Balkans', 'Балканы', 1.1, 'AL BA BG GR HR ME MK RO RS SI'),
  region('NORTH-AMERICA', 'North America', 'Северная Америка', 1.3, 'CA MX US'),
  region(
    'LATIN-AMERICA',
    'Latin America',
    'Латинская Америка',
    1.6,
    'AR BO BR CL CO CR DO EC GT HN MX NI PA PE PY SV UY',
  ),
  region('CARIBBEAN', 'Caribbean', 'Карибские острова', 2, 'BB BS DO JM PR TT'),
  region('ASIA', 'Asia', 'Азия', 1.3, 'CN HK ID IN JP KH KR LA LK MO MY PH SG TH TW VN'),
  region('CENTRAL-ASIA', 'Central Asia', 'Центральная Азия', 1.5, 'KG KZ MN TJ UZ'),
  region('CAUCASUS', 'Caucasus', 'Кавказ', 1.4, 'AM AZ GE'),
  region('GULF', 'Gulf States', 'Страны Залива', 1.5, 'AE BH KW OM QA SA'),
  region('MIDDLE-EAST', 'Middle East', 'Ближний Восток', 1.5, 'AE BH EG IL JO KW OM QA SA TR'),
  region('AFRICA', 'Africa', 'Африка', 2, 'BW CI CM EG GH KE MA MG MU MZ NG RW SC SN TN TZ UG ZA ZM'),
  region('OCEANIA', 'Oceania', 'Океания', 1.3, 'AU FJ NZ'),
  region(
    'GLOBAL',
    'Global',
    'Весь мир',
    2,
    'AE AU BR CA CH CN DE EG ES FR GB GR HK ID IL IN IT JP KE KR MX MY NG NL NZ PL PT QA SA SE SG TH TR US ZA',
  ),
]

function region(code: string, en: string, ru: string, factor: number, codes: string): EsimRegion {
  return { code, names: { en, ru }, factor, codes: words(codes) }
}

function words(text: string): string[] {
  return text.trim().split(/\s+/)
}
