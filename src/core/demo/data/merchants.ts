/** Merchants that take the demo's vouchers, with a till each. */
export const demoMerchants = [
  merchant('naivas', 'Naivas', 'supermarkets', 'Supermarkets', '123456', 'Eastgate'),
  merchant('quickmart', 'Quickmart', 'supermarkets', 'Supermarkets', '123457', 'Kilimani'),
  merchant('carrefour', 'Carrefour', 'supermarkets', 'Supermarkets', '123458', 'Sarit Centre'),
  merchant(
    'pizza-inn',
    'Pizza Inn',
    'cafes-restaurants',
    'Cafes and Restaurants',
    '223456',
    'Kimathi Street',
  ),
  merchant('java-house', 'Java House', 'cafes-restaurants', 'Cafes and Restaurants', '223457', 'Junction'),
  merchant('goodlife', 'Goodlife', 'pharmacies', 'Pharmacies', '323456', 'Westlands'),
  merchant('rubis', 'Rubis', 'fuel', 'Fuel', '423456', 'Ngong Road'),
] as const

function merchant(
  code: string,
  name: string,
  categoryCode: string,
  categoryName: string,
  number: string,
  outlet: string,
) {
  return { code, name, category: { code: categoryCode, name: categoryName }, till: { number, name: outlet } }
}
