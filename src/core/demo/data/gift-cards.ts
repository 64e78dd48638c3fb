/** Where a card can be used. */
type Acceptance = 'online' | 'in_store' | 'online_and_in_store'

/** A brand whose cards are sold in some countries, each in the money of that country. */
export type GiftCardBrand = {
  /** Stands in product and SKU codes: GC-AMZN-US-50. */
  readonly code: string
  readonly name: string
  readonly category: string
  readonly accepted: Acceptance
  /** Alpha-2 codes. */
  readonly markets: readonly string[]
  /** Face values in US dollars; other currencies get round figures near them. */
  readonly steps: readonly number[]
  /** In US dollars; undefined where only fixed cards are sold. */
  readonly range: readonly [least: number, most: number] | undefined
  readonly redeemUrl?: string | undefined
}

const small = [5, 10, 15, 25, 50]
const usual = [10, 25, 50, 100]
const wide = [5, 10, 20, 25, 50, 100, 200]
const large = [25, 50, 100, 200, 500]
const games = [5, 10, 20, 50, 100]
const dinner = [10, 15, 25, 50]

const europe = 'DE FR IT ES NL BE AT PT IE FI PL SE'
const global = `US GB ${europe} CA AU JP IN BR MX AE SA TR`
const steamWorld = `US GB ${europe} CA AU JP IN ID MY SG TH PH HK TW KR BR MX CL CO AR AE SA KW QA TR ZA KZ`

const online: Acceptance = 'online'
const shops: Acceptance = 'in_store'
const both: Acceptance = 'online_and_in_store'

const apps = 'app-stores'
const shopping = 'e-commerce-online-shopping'
const electronics = 'electronics-gadgets'
const fashion = 'fashion-beauty-lifestyle'
const home = 'home-garden'
const entertainment = 'entertainment'
const gaming = 'gaming'
const food = 'food-beverage'
const groceries = 'groceries'
const travel = 'travel-mobility'
const prepaid = 'prepaid-cards'

/** Brands by category; the columns are those of GiftCardBrand. */
export const giftCardBrands: readonly GiftCardBrand[] = [
  brand(
    'APPLE',
    'Apple',
    apps,
    online,
    `${global} CH NO DK NZ SG ZA`,
    [2, 3, 5, 10, 15, 20, 25, 30, 50, 100, 200],
    [2, 500],
  ),
  brand('GPLAY', 'Google Play', apps, online, `${global} CH NO DK NZ HK TW KR ID MY TH ZA`, wide),
  brand(
    'AMZN',
    'Amazon',
    shopping,
    online,
    `US GB DE FR IT ES NL BE PL SE IE CA AU JP IN BR MX AE SA TR SG EG ZA`,
    wide,
    [1, 1000],
  ),
  brand('EBAY', 'eBay', shopping, online, 'US GB DE CA AU', usual),
  brand('ALIEX', 'AliExpress', shopping, online, 'US ES FR BR', usual),
  brand('JUMIA', 'Jumia', shopping, online, 'NG KE GH EG MA CI UG SN', usual, [5, 300]),
  brand('FLIPK', 'Flipkart', shopping, online, 'IN', wide, [1, 120]),
  brand('NOON', 'noon', shopping, online, 'AE SA EG', usual),
  brand('TAKEALOT', 'Takealot', shopping, online, 'ZA', usual),
  brand('BOL', 'bol', shopping, online, 'NL BE', usual),
  brand('OZON', 'Ozon', shopping, online, 'RU KZ', usual),
  brand('KASPI', 'Kaspi Magazin', shopping, online, 'KZ', usual),
  brand('MERLI', 'Mercado Libre', shopping, online, 'MX BR AR CL CO', usual),
  brand('RAKUTEN', 'Rakuten', shopping, online, 'JP', usual),
  brand('ALLEGRO', 'Allegro', shopping, online, 'PL CZ', usual),
  brand('BESTBUY', 'Best Buy', electronics, both, 'US CA', large),
  brand('MMARKT', 'MediaMarkt', electronics, both, 'DE AT ES NL BE PL TR', usual, [10, 500]),
  brand('CURRYS', 'Currys', electronics, both, 'GB', large, [10, 1000]),
  brand('FNAC', 'Fnac', electronics, both, 'FR BE PT ES', usual),
  brand('MVIDEO', 'M.Video', electronics, both, 'RU', usual),
  brand('ZALANDO', 'Zalando', fashion, online, `${europe} CH DK NO CZ`, usual, [10, 150]),
  brand('HM', 'H&M', fashion, both, `US GB ${europe} CH`, usual),
  brand('NIKE', 'Nike', fashion, both, `US GB DE FR IT ES NL AU`, usual),
  brand('ADIDAS', 'adidas', fashion, both, `US GB DE FR IT ES NL PL CA IN`, usual, [5, 500]),
  brand('SEPHORA', 'Sephora', fashion, both, 'US CA FR IT ES AE SA SG', usual),
  brand('ASOS', 'ASOS', fashion, online, 'US GB DE FR AU', usual, [5, 300]),
  brand('LAMODA', 'Lamoda', fashion, online, 'RU KZ', usual),
  brand('DECATHLON', 'Decathlon', fashion, both, 'FR DE ES IT BE PL IN', usual),
  brand('IKEA', 'IKEA', home, both, `US GB ${europe} CH CZ CA AU AE SA`, large, [10, 1000]),
  brand('HOMEDEPOT', 'The Home Depot', home, both, 'US CA MX', large),
  brand('LEROY', 'Leroy Merlin', home, both, 'FR ES IT PT BR ZA', large),
  brand(
    'NETFLIX',
    'Netflix',
    entertainment,
    online,
    `US GB DE FR IT ES NL PL SE CA AU IN BR MX AE SA TR ZA SG`,
    [10, 15, 25, 50, 100],
  ),
  brand(
    'SPOTIFY',
    'Spotify',
    entertainment,
    online,
    `US GB ${europe} CA AU BR MX AE SA TR ID PH`,
    [10, 30, 60],
  ),
  brand('DISNEY', 'Disney+', entertainment, online, 'US GB DE FR', [25, 50, 100]),
  brand('TWITCH', 'Twitch', entertainment, online, 'US GB DE FR ES IT', [15, 25, 50, 100]),
  brand('CRUNCHY', 'Crunchyroll', entertainment, online, 'US GB DE FR BR MX', [10, 25, 50]),
  brand('SHOWMAX', 'Showmax', entertainment, online, 'NG KE ZA GH', [5, 10, 20]),
  brand('FANDANGO', 'Fandango', entertainment, online, 'US', [15, 25, 50, 100]),
  brand('STEAM', 'Steam', gaming, online, steamWorld, games),
  brand(
    'PSN',
    'PlayStation Store',
    gaming,
    online,
    `US GB ${europe} CH CZ CA AU JP IN ID MY SG TH HK TW KR BR MX CL CO AR AE SA KW QA TR ZA`,
    [5, 10, 20, 25, 50, 100],
  ),
  brand(
    'XBOX',
    'Xbox',
    gaming,
    online,
    `US GB ${europe} CA AU JP IN BR MX CL CO AR AE SA TR ZA`,
    [5, 10, 15, 25, 50, 100],
  ),
  brand(
    'NINTENDO',
    'Nintendo eShop',
    gaming,
    online,
    `US GB ${europe} CA AU JP MX BR ZA`,
    [10, 20, 35, 50, 70],
  ),
  brand(
    'ROBLOX',
    'Roblox',
    gaming,
    online,
    `US GB ${europe} CA AU BR MX TR PH ID`,
    [10, 15, 20, 25, 50, 100],
  ),
  brand(
    'RAZER',
    'Razer Gold',
    gaming,
    online,
    'US GB DE FR AU BR MX MY SG ID TH PH TR IN HK',
    [5, 10, 20, 50, 100],
  ),
  brand('RIOT', 'Riot Games', gaming, online, 'US GB DE FR ES PL TR BR MX', [10, 25, 50, 100]),
  brand('BLIZZ', 'Battle.net', gaming, online, 'US GB DE FR ES IT PL', [20, 50, 100]),
  brand('EPIC', 'Fortnite V-Bucks', gaming, online, 'US GB DE FR ES IT CA', [8, 20, 32, 80]),
  brand('PUBGM', 'PUBG Mobile UC', gaming, online, 'US TR SA AE ID MY', [1, 5, 10, 25, 50]),
  brand('FFIRE', 'Free Fire Diamonds', gaming, online, 'US BR MX ID IN TH', [1, 5, 10, 20]),
  brand('STARBUCKS', 'Starbucks', food, shops, 'US GB DE FR CA MX BR JP TW HK TR AE SA PL', small, [5, 100]),
  brand('UBEREATS', 'Uber Eats', food, online, 'US GB DE FR ES CA AU MX JP ZA', usual),
  brand('DOORDASH', 'DoorDash', food, online, 'US CA AU', usual),
  brand('DELIVEROO', 'Deliveroo', food, online, 'GB FR IT BE IE AE SG', dinner),
  brand('JUSTEAT', 'Just Eat', food, online, 'GB IE ES IT', dinner),
  brand('DOMINOS', "Domino's", food, both, 'US GB DE IN NG MX', dinner),
  brand('KFC', 'KFC', food, shops, 'ZA NG KE IN ID', small),
  brand('TALABAT', 'talabat', food, online, 'AE KW QA BH OM JO', dinner),
  brand('WALMART', 'Walmart', groceries, both, 'US CA MX', large, [5, 500]),
  brand('TARGET', 'Target', groceries, both, 'US', large),
  brand('TESCO', 'Tesco', groceries, both, 'GB IE', usual, [5, 250]),
  brand('ALDI', 'ALDI', groceries, shops, 'GB DE', usual),
  brand('CARREFOUR', 'Carrefour', groceries, shops, 'FR ES IT BE AE SA EG KE BR', usual),
  brand('SHOPRITE', 'Shoprite', groceries, shops, 'ZA NG GH ZM', usual, [5, 200]),
  brand('LULU', 'LuLu Hypermarket', groceries, shops, 'AE SA KW QA OM BH', usual),
  brand(
    'UBER',
    'Uber',
    travel,
    online,
    `US GB DE FR ES IT NL CA AU IN BR MX AE SA ZA NG KE`,
    [10, 15, 25, 50, 100],
    undefined,
    'https://redeem.example.com/uber?code={code}',
  ),
  brand('BOLT', 'Bolt', travel, online, 'NG KE GH ZA PL PT', small),
  brand('LYFT', 'Lyft', travel, online, 'US CA', usual),
  brand(
    'AIRBNB',
    'Airbnb',
    travel,
    online,
    'US GB DE FR IT ES NL CA AU IN BR',
    large,
    [25, 500],
    'https://redeem.example.com/airbnb?code={code}',
  ),
  brand('HOTELS', 'Hotels.com', travel, online, 'US GB DE FR ES CA AU', large),
  brand('FLIX', 'FlixBus', travel, online, 'DE FR IT ES PL', usual),
  brand('RYANAIR', 'Ryanair', travel, online, 'GB IE DE IT ES', large),
  brand(
    'VISA',
    'Visa Prepaid',
    prepaid,
    both,
    'US GB DE FR IT ES CA AU AE',
    [25, 50, 100, 200, 500],
    undefined,
    'https://redeem.example.com/visa?code={code}',
  ),
  brand(
    'MCARD',
    'Mastercard Prepaid',
    prepaid,
    both,
    'US GB DE FR IT ES CA AU',
    [25, 50, 100, 200],
    undefined,
    'https://redeem.example.com/mastercard?code={code}',
  ),
  brand('PAYSAFE', 'paysafecard', prepaid, online, `GB ${europe} CH CZ RO`, usual),
  brand('NEOSURF', 'Neosurf', prepaid, online, 'FR BE ES IT AU', [10, 20, 50, 100]),
  brand('FLEXEPIN', 'Flexepin', prepaid, online, 'CA AU', [10, 20, 50, 100]),
]

function brand(
  code: string,
  name: string,
  category: string,
  accepted: Acceptance,
  markets: string,
  steps: readonly number[],
  range?: readonly [number, number],
  redeemUrl?: string,
): GiftCardBrand {
  return { code, name, category, accepted, markets: markets.split(' '), steps, range, redeemUrl }
}
