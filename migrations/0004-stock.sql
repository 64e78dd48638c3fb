-- Codes that can be sold now. A sold code's row is deleted and its ciphertext moves to the order, so "sold once" is a primary key,
-- which is also the order in which codes are taken: what expires first is sold first ('infinity': it does not expire).
create table stock_codes (
  sku_id uuid not null references skus (id),
  expires_on date not null default 'infinity',
  id uuid not null,
  data_key_id uuid not null,
  -- AES-256-GCM of {"code","pin","serial","url"}, bound to the code's id.
  ciphertext bytea not null,
  import_id uuid not null,
  primary key (sku_id, expires_on, id)
);
-- Rows come and go at one end of the index; dead ones must not pile up there.
alter table stock_codes set (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 20000, autovacuum_vacuum_cost_delay = 0);

-- The keyed hash of every code that was ever imported, sold or not: no code comes in twice. 128 bits of an HMAC-SHA-256, as a uuid.
create table code_fingerprints (
  fingerprint uuid primary key,
  code_id uuid not null,
  import_id uuid not null
);

-- A file of codes on its way in. Rows are staged in chunks (`next_line` is where a resumed import goes on) and become stock all at once.
create table stock_imports (
  id uuid primary key,
  sku_id uuid not null references skus (id),
  file_name text not null,
  file_hash bytea not null,
  state text not null default 'staging' check (state in ('staging', 'published', 'refused', 'abandoned')),
  next_line bigint not null default 1,
  -- The byte at which `next_line` begins.
  next_offset bigint not null default 0,
  rows_staged bigint not null default 0,
  rows_published bigint not null default 0,
  rows_duplicate bigint not null default 0,
  rows_invalid bigint not null default 0,
  -- Who works on it, and when it was last seen: an owner that has not been seen for a while is dead and another goes on.
  owner uuid,
  seen_at timestamptz not null default now(),
  actor text not null default 'system',
  created_at timestamptz not null default now(),
  ended_at timestamptz
);
create unique index stock_imports_staging on stock_imports (sku_id, file_hash) where state = 'staging';

create table stock_import_rows (
  import_id uuid not null,
  line bigint not null,
  code_id uuid not null,
  fingerprint uuid not null,
  expires_on date not null,
  data_key_id uuid not null,
  ciphertext bytea not null,
  primary key (import_id, line)
);

-- Lines that were not taken, and why. The code itself is never kept here.
create table stock_import_problems (
  import_id uuid not null references stock_imports (id),
  line bigint not null,
  problem text not null check (problem in ('duplicate_in_file', 'duplicate_in_stock', 'invalid')),
  detail text not null default '',
  primary key (import_id, line)
);

-- How many codes a SKU has, as changes that nobody has to wait for; a job sums them up. Their sum per SKU is the count of stock_codes.
create table stock_movements (
  id bigint primary key generated always as identity,
  sku_id uuid not null,
  change bigint not null,
  reason text not null check (reason in ('import', 'sale', 'expiry', 'withdrawal', 'total')),
  at timestamptz not null default now()
);

-- Codes that left the stock unsold, kept aside: their fingerprints stay, so they do not come in again, and support can look them up.
create table stock_withdrawn (
  code_id uuid primary key,
  sku_id uuid not null references skus (id),
  expires_on date not null,
  data_key_id uuid not null,
  ciphertext bytea not null,
  import_id uuid not null,
  reason text not null check (reason in ('expiry', 'withdrawal')),
  note text not null default '',
  actor text not null,
  at timestamptz not null default now()
);

do $$
begin
  if exists (select from pg_roles where rolname = 'scrip_app') then
    revoke update, delete, truncate on stock_withdrawn from scrip_app;
    revoke update, truncate on code_fingerprints from scrip_app;
  end if;
end
$$;
