-- Where a merchant is paid to, in a currency. Merchants belong to the installation, and so do their accounts at banks.
create table merchant_bank_details (
  id uuid primary key,
  merchant_id uuid not null references merchants (id),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  -- Sealed JSON, bound to the id, and what lists show of it.
  account bytea not null,
  data_key_id uuid not null references data_keys (id),
  account_shown text not null check (account_shown <> ''),
  -- replaced: others took their place, before or after they were confirmed.
  state text not null default 'entered' check (state in ('entered', 'confirmed', 'rejected', 'replaced')),
  entered_by text not null,
  decided_by text,
  reason text not null default '',
  created_at timestamptz not null default now(),
  decided_at timestamptz,
  check ((decided_by is null) = (decided_at is null)),
  check (state not in ('confirmed', 'rejected') or decided_by is not null),
  check (state <> 'entered' or decided_by is null),
  -- Nobody says alone where money goes.
  constraint merchant_bank_details_two_persons check (decided_by is null or decided_by <> entered_by)
);
-- One that is paid to, and one that waits to take its place.
create unique index merchant_bank_details_confirmed on merchant_bank_details (merchant_id, currency) where state = 'confirmed';
create unique index merchant_bank_details_entered on merchant_bank_details (merchant_id, currency) where state = 'entered';
create index merchant_bank_details_listed on merchant_bank_details (merchant_id, id);
create index merchant_bank_details_waiting on merchant_bank_details (created_at) where state = 'entered';

do $$
begin
  if exists (select from pg_roles where rolname = 'scrip_app') then
    revoke delete, truncate on merchant_bank_details from scrip_app;
  end if;
end
$$;
