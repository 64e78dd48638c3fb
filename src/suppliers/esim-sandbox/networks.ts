import type { EsimStatus } from '../../core/fulfilment/supplier.ts'

/** The network that takes a traveller in, for each country (ISO 3166 alpha-2); a country that is not known here has none. */
export function networksIn(countryCodes: readonly string[]): EsimStatus['coverage'] {
  return countryCodes.flatMap((countryCode) => {
    const found = networks.get(countryCode)
    return found === undefined ? [] : [{ ...found, countryCode }]
  })
}

/** Code, country, network. */
const rows = `
  AE|United Arab Emirates|Etisalat
  AL|Albania|Vodafone
  AM|Armenia|Viva
  AR|Argentina|Claro
  AT|Austria|A1
  AU|Australia|Telstra
  AZ|Azerbaijan|Azercell
  BA|Bosnia and Herzegovina|BH Telecom
  BB|Barbados|Digicel
  BD|Bangladesh|Grameenphone
  BE|Belgium|Proximus
  BG|Bulgaria|A1
  BH|Bahrain|Batelco
  BO|Bolivia|Entel
  BR|Brazil|Vivo
  BS|Bahamas|BTC
  BW|Botswana|Mascom
  CA|Canada|Bell
  CH|Switzerland|Swisscom
  CI|Côte d'Ivoire|Orange
  CL|Chile|Entel
  CM|Cameroon|MTN
  CN|China|China Mobile
  CO|Colombia|Claro
  CR|Costa Rica|Kolbi
  CY|Cyprus|Cyta
  CZ|Czechia|T-Mobile
  DE|Germany|Telekom
  DK|Denmark|TDC
  DO|Dominican Republic|Claro
  EC|Ecuador|Claro
  EE|Estonia|Telia
  EG|Egypt|Vodafone
  ES|Spain|Movistar
  FI|Finland|Elisa
  FJ|Fiji|Vodafone
  FR|France|Orange
  GB|United Kingdom|Vodafone
  GE|Georgia|Magti
  GH|Ghana|MTN
  GR|Greece|Cosmote
  GT|Guatemala|Tigo
  HK|Hong Kong|CSL
  HN|Honduras|Tigo
  HR|Croatia|Hrvatski Telekom
  HU|Hungary|Telekom
  ID|Indonesia|Telkomsel
  IE|Ireland|Vodafone
  IL|Israel|Partner
  IN|India|Airtel
  IS|Iceland|Síminn
  IT|Italy|TIM
  JM|Jamaica|Digicel
  JO|Jordan|Zain
  JP|Japan|NTT Docomo
  KE|Kenya|Safaricom
  KG|Kyrgyzstan|Beeline
  KH|Cambodia|Smart
  KR|South Korea|SK Telecom
  KW|Kuwait|Zain
  KZ|Kazakhstan|Kcell
  LA|Laos|Unitel
  LI|Liechtenstein|FL1
  LK|Sri Lanka|Dialog
  LT|Lithuania|Telia
  LU|Luxembourg|POST
  LV|Latvia|LMT
  MA|Morocco|Maroc Telecom
  MC|Monaco|Monaco Telecom
  MD|Moldova|Orange
  ME|Montenegro|One
  MG|Madagascar|Telma
  MK|North Macedonia|Telekom
  MN|Mongolia|Mobicom
  MO|Macao|CTM
  MT|Malta|Epic
  MU|Mauritius|my.t
  MV|Maldives|Dhiraagu
  MX|Mexico|Telcel
  MY|Malaysia|Maxis
  MZ|Mozambique|Vodacom
  NG|Nigeria|MTN
  NI|Nicaragua|Claro
  NL|Netherlands|KPN
  NO|Norway|Telenor
  NP|Nepal|Ncell
  NZ|New Zealand|Spark
  OM|Oman|Omantel
  PA|Panama|+Móvil
  PE|Peru|Claro
  PH|Philippines|Globe
  PK|Pakistan|Jazz
  PL|Poland|Orange
  PR|Puerto Rico|Claro
  PT|Portugal|MEO
  PY|Paraguay|Tigo
  QA|Qatar|Ooredoo
  RO|Romania|Orange
  RS|Serbia|mts
  RW|Rwanda|MTN
  SA|Saudi Arabia|stc
  SC|Seychelles|Airtel
  SE|Sweden|Telia
  SG|Singapore|Singtel
  SI|Slovenia|Telekom Slovenije
  SK|Slovakia|Orange
  SN|Senegal|Orange
  SV|El Salvador|Tigo
  TH|Thailand|AIS
  TJ|Tajikistan|Tcell
  TN|Tunisia|Ooredoo
  TR|Türkiye|Turkcell
  TT|Trinidad and Tobago|bmobile
  TW|Taiwan|Chunghwa Telecom
  TZ|Tanzania|Vodacom
  UA|Ukraine|Kyivstar
  UG|Uganda|MTN
  US|United States|T-Mobile
  UY|Uruguay|Antel
  UZ|Uzbekistan|Ucell
  VN|Viet Nam|Viettel
  ZA|South Africa|Vodacom
  ZM|Zambia|Airtel`

const networks: ReadonlyMap<string, { readonly countryName: string; readonly networkName: string }> = new Map(
  rows
    .trim()
    .split('\n')
    .map((row) => {
      const [code = '', countryName = '', networkName = ''] = row.trim().split('|')
      return [code, { countryName, networkName }]
    }),
)
