-- Credentials that sign with a key pair: we keep the public half (DER, SubjectPublicKeyInfo), the partner the private one.
alter table credentials add column public_key bytea;

-- Nonces that were used, each once per credential. One that came with an order stays for ever, bound to the order's external id, so that
-- a client that never got its answer can ask by the nonce; the others are forgotten after a while.
create table nonces (
  partner_id uuid not null,
  nonce text not null check (nonce <> ''),
  credential_id uuid not null,
  used_at timestamptz not null default now(),
  -- What was ordered under, and the name by which the order was told to the client; null while no order came with it.
  external_id text,
  reference text,
  -- The order was refused: nothing can be found by it, and it stays used.
  refused boolean not null default false,
  primary key (partner_id, nonce, credential_id),
  check ((external_id is null) = (reference is null))
);
create unique index nonces_reference on nonces (partner_id, reference) where reference is not null;
create index nonces_unbound on nonces (used_at) where external_id is null;

-- What a partner pays where prices follow the exchange rate: the margin on mid rates, and the discount on what comes of them. Nobody who
-- has no row has either.
create table partner_terms (
  partner_id uuid primary key references partners (id),
  fx_margin_percent numeric(12, 6) not null check (fx_margin_percent > -100 and fx_margin_percent <= 1000),
  discount_percent numeric(12, 6) not null check (discount_percent >= 0 and discount_percent < 100)
);

-- Accounts (of a biller, a broadcaster) that were found to exist, and when: some products are sold shortly after that only.
create table account_validations (
  partner_id uuid not null,
  product_id uuid not null references products (id),
  account text not null check (account <> ''),
  validated_at timestamptz not null default now(),
  primary key (partner_id, product_id, account)
);
create index account_validations_by_time on account_validations (validated_at);

-- Where the goods of an order go, once that was changed after it was placed.
create table order_contacts (
  partner_id uuid not null,
  order_id uuid not null,
  buyer_email text,
  beneficiary_email text,
  beneficiary_telephone text,
  updated_at timestamptz not null default now(),
  primary key (partner_id, order_id)
);

-- Reports that were asked for as a file. The file itself is made when its link is followed, which only the link's token can do.
create table report_exports (
  partner_id uuid not null references partners (id),
  id uuid not null,
  dialect text not null,
  token_hash bytea not null unique,
  -- What is in it, in the dialect's own words.
  request jsonb not null,
  created_at timestamptz not null default now(),
  primary key (partner_id, id)
);
create index report_exports_by_time on report_exports (created_at);
