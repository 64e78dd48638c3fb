-- Double entry. An amount is in micro-units; positive is credit. A partner's wallet is our liability, so what it may spend is a
-- positive balance. Every account belongs to a partner: a sale to partner P credits P's own `sales:USD`, so nothing on the
-- platform's side is a row that all orders fight for; totals are sums over partners.
create table ledger_accounts (
  partner_id uuid not null references partners (id),
  code text not null,
  kind text not null check (kind in (
    'wallet', 'cash', 'sales', 'cost_of_goods', 'supplier_payable', 'voucher_liability', 'merchant_payable',
    'fees', 'fx', 'lender_receivable', 'adjustments'
  )),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  created_at timestamptz not null default now(),
  primary key (partner_id, code)
);

create table wallets (
  partner_id uuid not null references partners (id),
  id uuid not null,
  -- "USD-1": the currency and a number within it. The account's code is "wallet:USD-1".
  code text not null,
  account text not null generated always as ('wallet:' || code) stored,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  is_default boolean not null default false,
  balance bigint not null default 0,
  reserved bigint not null default 0 check (reserved >= 0),
  allow_overdraft boolean not null default false,
  overdraft_limit bigint not null default 0 check (overdraft_limit >= 0),
  -- How many entries the wallet has: each entry carries its number and the balance after it, so the journal is a chain.
  entry_count bigint not null default 0,
  created_at timestamptz not null default now(),
  primary key (partner_id, id),
  unique (partner_id, code),
  foreign key (partner_id, account) references ledger_accounts (partner_id, code),
  constraint wallets_not_overdrawn check (balance - reserved + case when allow_overdraft then overdraft_limit else 0 end >= 0)
) with (fillfactor = 50); -- Wallets are updated all the time: room on the page keeps these updates out of the indexes.
create unique index wallets_default on wallets (partner_id) where is_default;

-- No foreign keys on transfers and entries: see 0005-orders.sql.
create table transfers (
  partner_id uuid not null,
  -- A charge's id is its order's: a second charge for an order cannot be written.
  id uuid not null,
  kind text not null check (kind in ('charge', 'topup', 'refund', 'adjustment', 'withdrawal')),
  order_id uuid,
  -- The caller's key for transfers that have no order; a retry with the same key finds the first.
  reference text,
  payment_method text,
  description text not null default '',
  actor text not null default 'system',
  created_at timestamptz not null default now(),
  primary key (partner_id, id)
);
create unique index transfers_by_reference on transfers (partner_id, reference) where reference is not null;
create index transfers_by_order on transfers (partner_id, order_id) where order_id is not null and order_id <> id;

create table entries (
  partner_id uuid not null,
  transfer_id uuid not null,
  account text not null,
  currency text not null,
  amount bigint not null,
  -- Wallets only: the entry's number within the wallet and the balance after it.
  number bigint,
  balance_after bigint,
  primary key (partner_id, transfer_id, account),
  check ((number is null) = (balance_after is null))
);
create unique index entries_of_wallet on entries (partner_id, account, number) where number is not null;

-- Money set aside for what is not final yet. `amount` is in the wallet's `reserved` while the hold is open.
create table holds (
  partner_id uuid not null,
  id uuid not null,
  wallet_id uuid not null,
  amount bigint not null check (amount > 0),
  settled_amount bigint not null default 0 check (settled_amount between 0 and amount),
  state text not null default 'open' check (state in ('open', 'settled', 'released')),
  order_id uuid,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  primary key (partner_id, id),
  foreign key (partner_id, wallet_id) references wallets (partner_id, id)
);
create index holds_open on holds (partner_id, wallet_id) where state = 'open';

-- Totals of all accounts up to a point in each wallet's journal, rolled up by a job. A wallet's row says up to which of its entries
-- (`entry_number`) the totals of its partner's accounts include the transfers.
create table account_totals (
  partner_id uuid not null,
  account text not null,
  currency text not null,
  total bigint not null,
  entry_number bigint not null default 0,
  rolled_up_at timestamptz not null,
  primary key (partner_id, account)
);

do $$
begin
  if exists (select from pg_roles where rolname = 'scrip_app') then
    revoke update, delete, truncate on transfers, entries, audit_log from scrip_app;
  end if;
end
$$;
