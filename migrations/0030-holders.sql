-- The owner of a telephone spends vouchers with his own hand: on a page, or in the menu of a telephone company. That the telephone is his
-- shows a code of six digits that is sent there.

create table one_time_codes (
  id uuid primary key,
  purpose text not null check (purpose in ('web', 'ussd')),
  -- E.164
  phone text not null,
  -- Who asked: a page that was opened, or a session of a menu. The same asks for one code, however often.
  request_hash bytea not null,
  -- Keyed, with the id: six digits alone are found by trying.
  code_hash text not null,
  -- What it pays, and nothing else; none of them: it opens the page.
  till_number text,
  amount bigint check (amount > 0),
  currency text,
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  check ((till_number is null) = (amount is null) and (amount is null) = (currency is null)),
  check ((till_number is null) = (purpose = 'web'))
);
create unique index one_time_codes_request on one_time_codes (phone, purpose, request_hash);
create index one_time_codes_newest on one_time_codes (phone, purpose, created_at desc);
create index one_time_codes_ended on one_time_codes (expires_at);

create table holder_sessions (
  token_hash bytea primary key,
  id uuid not null unique,
  phone text not null,
  expires_at timestamptz not null
);
create index holder_sessions_ended on holder_sessions (expires_at);

-- Telephone companies, or who speaks for them, whose menus we answer: what they say a telephone's number is, is believed.
create table ussd_gateways (
  id uuid primary key,
  name text not null,
  locale text not null check (locale in ('en', 'ru')),
  token_hash bytea not null unique,
  token_hint text not null,
  created_by text not null,
  created_at timestamptz not null default now(),
  revoked_at timestamptz
);

create index redemption_failures_old on redemption_failures (first_at);

do $$
begin
  if exists (select from pg_roles where rolname = 'scrip_app') then
    revoke delete, truncate on ussd_gateways from scrip_app;
  end if;
end
$$;
