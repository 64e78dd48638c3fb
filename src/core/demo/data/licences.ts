/** Software that is sold as a key. Prices are in US dollars and euros alike. */
export type Software = {
  readonly code: string
  readonly family: string
  readonly name: string
  readonly category: 'security' | 'productivity' | 'creative'
  readonly platform: string
  readonly editions: readonly {
    readonly devices: number
    readonly validityDays: number | undefined
    readonly price: number
  }[]
}

const year = 365

export const software: readonly Software[] = [
  key('M365P', 'Microsoft', 'Microsoft 365 Personal', 'productivity', 'Windows, macOS, iOS, Android', [
    5,
    year,
    99.99,
  ]),
  key('M365F', 'Microsoft', 'Microsoft 365 Family', 'productivity', 'Windows, macOS, iOS, Android', [
    30,
    year,
    129.99,
  ]),
  key('OFFICE24', 'Microsoft', 'Office Home 2024', 'productivity', 'Windows, macOS', [1, 0, 149.99]),
  key('WIN11H', 'Microsoft', 'Windows 11 Home', 'productivity', 'Windows', [1, 0, 139]),
  key('WIN11P', 'Microsoft', 'Windows 11 Pro', 'productivity', 'Windows', [1, 0, 199]),
  key(
    'PARALLELS',
    'Parallels',
    'Parallels Desktop',
    'productivity',
    'macOS',
    [1, year, 99.99],
    [1, 0, 219.99],
  ),
  key(
    'KASP-STD',
    'Kaspersky',
    'Kaspersky Standard',
    'security',
    'Windows, macOS, iOS, Android',
    [1, year, 29.99],
    [3, year, 39.99],
    [5, year, 49.99],
  ),
  key(
    'KASP-PLUS',
    'Kaspersky',
    'Kaspersky Plus',
    'security',
    'Windows, macOS, iOS, Android',
    [1, year, 37.99],
    [3, year, 49.99],
    [5, year, 59.99],
  ),
  key(
    'KASP-PREM',
    'Kaspersky',
    'Kaspersky Premium',
    'security',
    'Windows, macOS, iOS, Android',
    [5, year, 69.99],
    [10, year, 89.99],
  ),
  key('N360-STD', 'Norton', 'Norton 360 Standard', 'security', 'Windows, macOS, iOS, Android', [
    1,
    year,
    39.99,
  ]),
  key(
    'N360-DLX',
    'Norton',
    'Norton 360 Deluxe',
    'security',
    'Windows, macOS, iOS, Android',
    [3, year, 44.99],
    [5, year, 49.99],
  ),
  key(
    'MCAFEE',
    'McAfee',
    'McAfee Total Protection',
    'security',
    'Windows, macOS, iOS, Android',
    [1, year, 34.99],
    [5, year, 49.99],
    [10, year, 59.99],
  ),
  key(
    'BITDEF',
    'Bitdefender',
    'Bitdefender Total Security',
    'security',
    'Windows, macOS, iOS, Android',
    [5, year, 44.99],
    [10, year, 54.99],
  ),
  key(
    'ESET',
    'ESET',
    'ESET Home Security Essential',
    'security',
    'Windows, macOS, Android',
    [1, year, 39.99],
    [3, year, 59.99],
    [5, year, 69.99],
  ),
  key(
    'AVAST',
    'Avast',
    'Avast Premium Security',
    'security',
    'Windows, macOS, iOS, Android',
    [1, year, 39.99],
    [10, year, 49.99],
  ),
  key(
    'MWB',
    'Malwarebytes',
    'Malwarebytes Premium',
    'security',
    'Windows, macOS, iOS, Android',
    [1, year, 44.99],
    [3, year, 59.99],
  ),
  key(
    'DRWEB',
    'Dr.Web',
    'Dr.Web Security Space',
    'security',
    'Windows, macOS, Android',
    [1, year, 24.99],
    [3, year, 39.99],
  ),
  key(
    'NORDVPN',
    'NordVPN',
    'NordVPN',
    'security',
    'All',
    [10, 30, 12.99],
    [10, year, 59.88],
    [10, 730, 83.43],
  ),
  key('EXPRESSVPN', 'ExpressVPN', 'ExpressVPN', 'security', 'All', [8, 30, 12.95], [8, year, 99.95]),
  key('SURFSHARK', 'Surfshark', 'Surfshark VPN', 'security', 'All', [100, year, 47.88], [100, 730, 59.76]),
  key(
    'ADOBECC',
    'Adobe',
    'Adobe Creative Cloud',
    'creative',
    'Windows, macOS',
    [2, 90, 179.97],
    [2, year, 659.88],
  ),
  key('ADOBEPH', 'Adobe', 'Adobe Photography Plan', 'creative', 'Windows, macOS', [2, year, 119.88]),
  key('CORELDRAW', 'Corel', 'CorelDRAW Graphics Suite', 'creative', 'Windows, macOS', [1, year, 319]),
  key('AFFINITY', 'Affinity', 'Affinity Photo', 'creative', 'Windows, macOS', [1, 0, 69.99]),
  key('FLSTUDIO', 'Image-Line', 'FL Studio Producer Edition', 'creative', 'Windows, macOS', [2, 0, 199]),
]

/** An edition is devices, days (0: it does not expire), price. */
function key(
  code: string,
  family: string,
  name: string,
  category: Software['category'],
  platform: string,
  ...editions: readonly (readonly [devices: number, validityDays: number, price: number])[]
): Software {
  return {
    code,
    family,
    name,
    category,
    platform,
    editions: editions.map(([devices, days, price]) => ({
      devices,
      validityDays: days === 0 ? undefined : days,
      price,
    })),
  }
}
