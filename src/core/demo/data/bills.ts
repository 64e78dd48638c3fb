/** Who is paid for power, water, internet or television, and how a customer is named there. */
export type Biller = {
  /** Short and in capitals, as resellers know it: PHEDC. */
  readonly code: string
  readonly name: string
  readonly country: string
  /** What the account's number is called, and its shape. */
  readonly account: { readonly name: string; readonly pattern: string }
}

export type UtilityBiller = Biller & {
  readonly category: 'electricity' | 'water' | 'internet'
  readonly services: readonly ('PREPAID' | 'POSTPAID')[]
  /** In the country's currency. */
  readonly range: readonly [least: number, most: number]
  /** It sends the token by SMS and takes no order without a number. */
  readonly needsPhone: boolean
}

export type TelevisionBiller = Biller & {
  readonly packages: readonly { readonly code: string; readonly name: string; readonly price: number }[]
}

const meter11 = { name: 'Meter number', pattern: '^[0-9]{11}$' }
const meter = { name: 'Meter number', pattern: '^[0-9]{10,13}$' }
const account = { name: 'Account number', pattern: '^[0-9]{6,16}$' }
const smartcard = { name: 'Smart card number', pattern: '^[0-9]{10,14}$' }
const prepaidOnly = ['PREPAID'] as const
const postpaidOnly = ['POSTPAID'] as const
const either = ['PREPAID', 'POSTPAID'] as const

export const utilityBillers: readonly UtilityBiller[] = [
  power('EKEDC', 'Eko Electricity', 'NG', either, [500, 500_000], meter11),
  power('IKEDC', 'Ikeja Electric', 'NG', either, [500, 500_000], meter11),
  power('AEDC', 'Abuja Electricity', 'NG', either, [500, 500_000], meter11),
  power('PHEDC', 'Port Harcourt Electricity', 'NG', either, [500, 500_000], meter11),
  power('IBEDC', 'Ibadan Electricity', 'NG', either, [500, 500_000], meter11),
  power('KEDCO', 'Kano Electricity', 'NG', either, [500, 500_000], meter11),
  power('KAEDCO', 'Kaduna Electric', 'NG', either, [500, 500_000], meter11),
  power('JEDC', 'Jos Electricity', 'NG', either, [500, 500_000], meter11),
  power('EEDC', 'Enugu Electricity', 'NG', either, [500, 500_000], meter11),
  power('BEDC', 'Benin Electricity', 'NG', either, [500, 500_000], meter11),
  power('KPLC', 'Kenya Power', 'KE', either, [50, 250_000], meter11),
  power('ECG', 'Electricity Company of Ghana', 'GH', either, [10, 20_000], meter),
  power('ESKOM', 'Eskom', 'ZA', prepaidOnly, [20, 10_000], meter11),
  power('CITYPOWER', 'City Power Johannesburg', 'ZA', prepaidOnly, [20, 10_000], meter11),
  power('TANESCO', 'TANESCO LUKU', 'TZ', prepaidOnly, [1_000, 5_000_000], meter11),
  power('UEDCL', 'UEDCL Yaka', 'UG', either, [2_000, 10_000_000], meter11),
  power('EUCL', 'EUCL Cash Power', 'RW', prepaidOnly, [500, 2_000_000], meter11),
  power('ZESCO', 'ZESCO', 'ZM', prepaidOnly, [20, 20_000], meter11),
  power('EDM', 'EDM Credelec', 'MZ', prepaidOnly, [50, 50_000], meter11),
  power('SENELEC', 'Senelec Woyofal', 'SN', prepaidOnly, [1_000, 1_000_000], meter11),
  power('CIE', 'CIE', 'CI', either, [1_000, 1_000_000], meter11),
  power('ENEO', 'Eneo', 'CM', either, [500, 1_000_000], account),
  power('TATAPOWER', 'Tata Power', 'IN', postpaidOnly, [100, 100_000], account),
  power('BSESR', 'BSES Rajdhani', 'IN', postpaidOnly, [100, 100_000], account),
  power('ADANI', 'Adani Electricity', 'IN', postpaidOnly, [100, 100_000], account),
  power('KELECTRIC', 'K-Electric', 'PK', postpaidOnly, [500, 500_000], account),
  power('DESCO', 'DESCO', 'BD', either, [200, 100_000], account),
  power('PLN', 'PLN', 'ID', either, [20_000, 10_000_000], meter),
  power('MERALCO', 'Meralco', 'PH', either, [100, 100_000], account),
  power('CFE', 'CFE', 'MX', postpaidOnly, [50, 50_000], account),
  power('ENELSP', 'Enel São Paulo', 'BR', postpaidOnly, [20, 10_000], account),
  power('DEWA', 'DEWA', 'AE', postpaidOnly, [20, 20_000], account),
  power('SEC', 'Saudi Electricity', 'SA', postpaidOnly, [20, 20_000], account),
  power('ALSECO', 'Alseco', 'KZ', postpaidOnly, [500, 500_000], account),
  power('MOSENERGO', 'Mosenergosbyt', 'RU', postpaidOnly, [100, 100_000], account),
  water('LAGOSWATER', 'Lagos Water', 'NG', [500, 500_000]),
  water('NAIROBIWATER', 'Nairobi City Water', 'KE', [50, 200_000]),
  water('GWCL', 'Ghana Water', 'GH', [10, 20_000]),
  water('NWSC', 'National Water Uganda', 'UG', [1_000, 5_000_000]),
  water('MAYNILAD', 'Maynilad', 'PH', [100, 100_000]),
  water('SONES', "Sen'Eau", 'SN', [1_000, 1_000_000]),
  internet('SPECTRANET', 'Spectranet', 'NG', [1_000, 200_000]),
  internet('SMILE', 'Smile', 'NG', [500, 200_000]),
  internet('SAFHOME', 'Safaricom Home Fibre', 'KE', [500, 50_000]),
  internet('ZUKUNET', 'Zuku Fibre', 'KE', [500, 50_000]),
  internet('TELKOMZA', 'Telkom Home', 'ZA', [100, 10_000]),
]

export const televisionBillers: readonly TelevisionBiller[] = [
  television(
    'DSTV',
    'DStv',
    'NG',
    'Padi 4400|Yanga 6000|Confam 11000|Compact 19000|Compact Plus 30000|Premium 44500',
  ),
  television(
    'DSTV',
    'DStv',
    'KE',
    'Lite 600|Access 1350|Family 1900|Compact 3700|Compact Plus 6200|Premium 11000',
  ),
  television('DSTV', 'DStv', 'GH', 'Lite 69|Access 165|Family 275|Compact 490|Premium 1100'),
  television(
    'DSTV',
    'DStv',
    'ZA',
    'EasyView 29|Access 160|Family 359|Compact 489|Compact Plus 659|Premium 979',
  ),
  television('DSTV', 'DStv', 'UG', 'Lite 16000|Access 49000|Family 75000|Compact 128000|Premium 330000'),
  television('DSTV', 'DStv', 'TZ', 'Poa 10000|Bomba 27500|Shangwe 42000|Ofa Maalum 69000|Premium 179000'),
  television('DSTV', 'DStv', 'ZM', 'Lite 125|Access 320|Family 460|Compact 880|Premium 2100'),
  television('GOTV', 'GOtv', 'NG', 'Smallie 1900|Jinja 3900|Jolli 5800|Max 8500|Supa 11400|Supa Plus 16800'),
  television('GOTV', 'GOtv', 'KE', 'Lite 299|Value 759|Plus 1259|Max 1699|Supa 2299'),
  television('GOTV', 'GOtv', 'GH', 'Lite 35|Value 69|Plus 99|Max 129|Supa 180'),
  television('GOTV', 'GOtv', 'UG', 'Lite 13000|Value 22000|Plus 34000|Max 51000|Supa 73000'),
  television('STARTIMES', 'StarTimes', 'NG', 'Nova 2100|Basic 4000|Classic 6000|Super 9800'),
  television('STARTIMES', 'StarTimes', 'KE', 'Nova 329|Basic 749|Smart 999|Super 1849'),
  television('STARTIMES', 'StarTimes', 'UG', 'Nova 14000|Basic 22000|Classic 36000|Super 62000'),
  television('CANAL', 'Canal+', 'CI', 'Access 5000|Evasion 10000|Essentiel Plus 12000|Tout Canal 25000'),
  television('CANAL', 'Canal+', 'SN', 'Access 5000|Evasion 10000|Essentiel Plus 12000|Tout Canal 25000'),
  television('CANAL', 'Canal+', 'CM', 'Access 5000|Evasion 10000|Essentiel Plus 12000|Tout Canal 25000'),
  television('ZUKUTV', 'Zuku TV', 'KE', 'Smart 275|Smart Plus 799|Classic 1399|Premium 2499'),
  television('TATAPLAY', 'Tata Play', 'IN', 'Basic 199|Family 349|Hindi HD 459|Premium HD 699'),
]

function power(
  code: string,
  name: string,
  country: string,
  services: UtilityBiller['services'],
  range: UtilityBiller['range'],
  customer: Biller['account'],
): UtilityBiller {
  return {
    code,
    name,
    country,
    category: 'electricity',
    services,
    range,
    account: customer,
    needsPhone: code === 'PHEDC',
  }
}

function water(code: string, name: string, country: string, range: UtilityBiller['range']): UtilityBiller {
  return { code, name, country, category: 'water', services: postpaidOnly, range, account, needsPhone: false }
}

function internet(code: string, name: string, country: string, range: UtilityBiller['range']): UtilityBiller {
  return {
    code,
    name,
    country,
    category: 'internet',
    services: prepaidOnly,
    range,
    account,
    needsPhone: false,
  }
}

/** Packages are written "Name price", apart by bars; a month of each. */
function television(code: string, name: string, country: string, packages: string): TelevisionBiller {
  const parsed = packages.split('|').map((text) => {
    const [, title = '', price = ''] = /^(.+) (\d+)$/.exec(text) ?? []
    return { code: title.toUpperCase().replaceAll(' ', '-'), name: title, price: Number(price) }
  })
  return { code, name, country, account: smartcard, packages: parsed }
}
