create table currencies (
  code text primary key check (code ~ '^[A-Z]{3}$'),
  numeric_code integer not null unique,
  decimals integer not null check (decimals between 0 and 4),
  names jsonb not null check (names ? 'en')
);

create table countries (
  code text primary key check (code ~ '^[A-Z]{2}$'),
  code3 text not null unique check (code3 ~ '^[A-Z]{3}$'),
  names jsonb not null check (names ? 'en'),
  currency text references currencies (code),
  dial_code text not null default ''
);

create table categories (
  id integer primary key generated always as identity,
  code text not null unique,
  parent_id integer references categories (id),
  names jsonb not null check (names ? 'en'),
  sort integer not null default 0
);

-- What products or SKUs of a category say about themselves.
create table category_attributes (
  category_id integer not null references categories (id),
  code text not null,
  names jsonb not null check (names ? 'en'),
  type text not null check (type in ('text', 'number', 'boolean', 'select')),
  target text not null check (target in ('product', 'sku')),
  sort integer not null default 0,
  primary key (category_id, code, target)
);

create table brand_families (
  id integer primary key generated always as identity,
  code text not null unique,
  names jsonb not null check (names ? 'en')
);

create table brands (
  id integer primary key generated always as identity,
  code text not null unique,
  family_id integer references brand_families (id),
  names jsonb not null check (names ? 'en'),
  image text not null default '',
  -- Where the brand redeems by link: "https://example.com/redeem?code={code}".
  redeem_url text
);

create table products (
  id uuid primary key,
  number bigint not null unique generated always as identity,
  code text not null unique,
  category_id integer not null references categories (id),
  brand_id integer not null references brands (id),
  type text not null check (type in ('voucher', 'recharge_fixed', 'recharge', 'voucher_open_range', 'esim', 'other')),
  -- Null: sold everywhere.
  country text references countries (code),
  names jsonb not null check (names ? 'en'),
  -- HTML, cleaned when it is stored.
  descriptions jsonb not null default '{"en": ""}' check (descriptions ? 'en'),
  image text not null default '',
  attributes jsonb not null default '{}',
  -- What a buyer must give beside the SKU: [{"code","name","type","required","min","max","pattern"}].
  fields jsonb not null default '[]',
  active boolean not null default true,
  created_at timestamptz not null default now()
);
create index products_by_category on products (category_id);
create index products_by_brand on products (brand_id);

create table skus (
  id uuid primary key,
  number bigint not null unique generated always as identity,
  code text not null unique,
  product_id uuid not null references products (id),
  names jsonb not null check (names ? 'en'),
  kind text not null check (kind in ('fixed', 'range')),
  currency text not null references currencies (code),
  -- Micro-units of the face value: one for a fixed SKU, limits for a range.
  face_value bigint check (face_value > 0),
  least_value bigint check (least_value > 0),
  most_value bigint,
  max_per_order integer not null default 10 check (max_per_order between 1 and 1000),
  image text not null default '',
  attributes jsonb not null default '{}',
  active boolean not null default true,
  created_at timestamptz not null default now(),
  check (case kind
    when 'fixed' then face_value is not null and least_value is null and most_value is null
    else face_value is null and least_value is not null and most_value >= least_value end)
);
create index skus_by_product on skus (product_id);

-- Price of a unit = face value × rate to the wallet's currency × (1 + markup_percent/100) + markup_fixed, or fixed_price where the
-- wallet's currency is price_currency. The most specific rule wins: a partner's before everyone's (partner_id null), then
-- SKU, product, brand, category, all.
create table price_rules (
  id uuid primary key,
  partner_id uuid references partners (id),
  sku_id uuid references skus (id),
  product_id uuid references products (id),
  brand_id integer references brands (id),
  category_id integer references categories (id),
  markup_percent numeric(12, 6) not null default 0 check (markup_percent > -100 and markup_percent <= 1000),
  markup_fixed bigint not null default 0 check (markup_fixed >= 0),
  fixed_price bigint check (fixed_price > 0),
  price_currency text references currencies (code),
  created_at timestamptz not null default now(),
  check (num_nonnulls(sku_id, product_id, brand_id, category_id) <= 1),
  check (fixed_price is null or (sku_id is not null and price_currency is not null))
);
create unique index price_rules_scope on price_rules (partner_id, sku_id, product_id, brand_id, category_id, price_currency) nulls not distinct;

-- Mid rates, append-only: units of `quote` for one `base`. The newest that is in force counts.
create table fx_rates (
  base text not null references currencies (code),
  quote text not null references currencies (code),
  rate numeric(20, 10) not null check (rate > 0),
  source text not null,
  valid_from timestamptz not null default now(),
  primary key (base, quote, valid_from),
  check (base <> quote)
);

-- Every change of what the snapshot is made of moves the version on; processes reload when they see it.
create table catalogue_version (
  id integer primary key default 1 check (id = 1),
  version bigint not null
);
insert into catalogue_version (version) values (1);

do $$
begin
  if exists (select from pg_roles where rolname = 'scrip_app') then
    revoke update, delete, truncate on fx_rates from scrip_app;
  end if;
end
$$;
