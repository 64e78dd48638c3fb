-- The application's role: it can read and write, but a later statement of each migration takes from it what nobody may do
-- (change the journal, rewrite the audit log). Where the login may not make roles, the application runs as that login and
-- `scrip doctor` says so.
do $$
begin
  if not exists (select from pg_roles where rolname = 'scrip_app') then
    begin
      create role scrip_app nologin;
    exception when duplicate_object or unique_violation then null;
    end;
  end if;
  execute format('grant scrip_app to %I', current_user);
  execute format('grant usage on schema %I to scrip_app', current_schema());
  execute format('alter default privileges in schema %I grant select, insert, update, delete on tables to scrip_app', current_schema());
  execute format('alter default privileges in schema %I grant usage, select on sequences to scrip_app', current_schema());
exception when insufficient_privilege then
  raise notice 'This login cannot make the role scrip_app; the journal is guarded by the application only.';
end
$$;

-- Which environment this database serves, fixed by its first start: a sandbox's keys and records are never valid in live.
create table installation (
  id integer primary key default 1 check (id = 1),
  environment text not null check (environment in ('sandbox', 'live')),
  created_at timestamptz not null default now()
);

create table partners (
  id uuid primary key,
  number bigint not null unique generated always as identity,
  name text not null check (name <> ''),
  email text not null check (email <> ''),
  status text not null default 'active' check (status in ('active', 'suspended', 'closed')),
  locale text not null default 'en' check (locale in ('en', 'ru')),
  time_zone text not null default 'UTC',
  -- Null: no limit.
  requests_per_minute integer check (requests_per_minute > 0),
  created_at timestamptz not null default now()
);
create index partners_by_email on partners (lower(email));

-- Data keys, wrapped by the master key. A partner's own secrets are under its key; the stock's codes are under the house's
-- (partner_id null), and keep it when they are sold, so that a sale re-encrypts nothing.
create table data_keys (
  id uuid primary key,
  partner_id uuid references partners (id),
  purpose text not null check (purpose in ('partner', 'stock', 'fingerprint')),
  wrapped bytea not null,
  master_key text not null,
  created_at timestamptz not null default now(),
  retired_at timestamptz
);
create unique index data_keys_current on data_keys (partner_id, purpose) nulls not distinct where retired_at is null;

-- What a client shows: a token (only its SHA-256 is kept) and, where the dialect signs, a secret (kept encrypted).
create table credentials (
  partner_id uuid not null references partners (id),
  id uuid not null,
  dialect text not null,
  label text not null default '',
  token_hash bytea not null unique,
  token_hint text not null,
  secret bytea,
  data_key_id uuid references data_keys (id),
  scopes text[] not null default '{}',
  allowed_addresses cidr[] not null default '{}',
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  primary key (partner_id, id),
  check ((secret is null) = (data_key_id is null))
);

-- Append-only: who did what to whom. The application's role can add and read.
create table audit_log (
  id uuid primary key,
  at timestamptz not null default now(),
  actor text not null,
  action text not null,
  partner_id uuid,
  subject text not null,
  details jsonb not null default '{}'
);
create index audit_log_by_partner on audit_log (partner_id, at desc);
