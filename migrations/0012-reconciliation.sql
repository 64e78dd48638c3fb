-- Settling what does not fit: breaks, parked items, suppliers' statements, and what changed in suppliers' lists.

-- What breaks cost in the end, or brought back: beside the cost of the goods that were sold, so that both can be seen. A correction
-- touches no wallet, so this account's entries are numbered and its balance runs, as a wallet's do (docs/decisions/0011).
alter table ledger_accounts drop constraint ledger_accounts_kind_check;
alter table ledger_accounts add constraint ledger_accounts_kind_check check (kind in (
  'wallet', 'cash', 'sales', 'cost_of_goods', 'supplier_payable', 'voucher_liability', 'merchant_payable',
  'fees', 'fx', 'lender_receivable', 'adjustments', 'corrections'
));
alter table transfers drop constraint transfers_kind_check;
alter table transfers add constraint transfers_kind_check
  check (kind in ('charge', 'topup', 'refund', 'adjustment', 'withdrawal', 'correction'));
create table corrections (
  partner_id uuid not null,
  account text not null generated always as ('corrections:' || currency) stored,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  balance bigint not null default 0,
  entry_count bigint not null default 0,
  primary key (partner_id, account),
  foreign key (partner_id, account) references ledger_accounts (partner_id, code)
) with (fillfactor = 50);
-- Every account whose entries are numbered under the lock of its row: each transfer has an entry of one, by which totals are rolled up.
create view numbered_accounts as
  select partner_id, account, currency, entry_count from wallets
  union all
  select partner_id, account, currency, entry_count from corrections;

-- What a person said should become of a break. A partner who was told that an order failed is not charged for it later.
alter table breaks drop constraint breaks_resolution_check;
alter table breaks add constraint breaks_resolution_check
  check (resolution in ('write_off', 'supplier_credits', 'refund_partner', 'refund_and_credit', 'no_action'));
-- Another proposal has another id: who settles says by it what exactly is settled. The amount is in micro-units of the break's currency.
alter table breaks add column proposal_id uuid unique;
alter table breaks add column settle_amount bigint check (settle_amount > 0);
alter table breaks add check ((state = 'open') = (proposal_id is null));
drop index breaks_open;
create index breaks_by_time on breaks (created_at, id);
create index breaks_unsettled on breaks (created_at, id) where state <> 'settled';
create index breaks_of_order on breaks (order_id) where order_id is not null;

drop index fulfilments_parked;
create index fulfilments_open on fulfilments (created_at, order_id, item) where state not in ('completed', 'failed');

-- What a person says became of a parked item, until another confirms it.
create table fulfilment_proposals (
  id uuid primary key,
  partner_id uuid not null,
  order_id uuid not null,
  item smallint not null,
  -- That of the item when it was proposed: once somebody has worked on it since, the proposal is void.
  fence bigint not null,
  outcome text not null check (outcome in ('delivered', 'failed')),
  -- What was delivered, sealed and bound to the proposal's id; gone once it is settled or replaced.
  goods bytea,
  data_key_id uuid references data_keys (id),
  goods_count integer not null default 0,
  supplier_reference text,
  -- Micro-units of what the supplier takes for all of it, in its currency.
  cost bigint check (cost >= 0),
  note text not null check (note <> ''),
  state text not null default 'proposed' check (state in ('proposed', 'replaced', 'settled')),
  proposed_by text not null,
  proposed_at timestamptz not null default now(),
  settled_by text,
  settled_at timestamptz,
  constraint fulfilment_proposals_two_persons check (settled_by is null or settled_by <> proposed_by),
  check ((goods is null) = (data_key_id is null)),
  check ((state = 'settled') = (settled_by is not null))
);
create unique index fulfilment_proposals_open on fulfilment_proposals (partner_id, order_id, item) where state = 'proposed';
create index fulfilment_proposals_of_order on fulfilment_proposals (order_id);

do $$
begin
  if exists (select from pg_roles where rolname = 'scrip_app') then
    revoke delete, truncate on corrections, fulfilment_proposals from scrip_app;
  end if;
end
$$;

-- What a supplier says on paper that it has charged and given back.
create table supplier_statements (
  id uuid primary key,
  supplier_id uuid not null references suppliers (id),
  file_name text not null,
  file_hash bytea not null,
  -- The time that it is about: what we bought then and it does not have is missing there. `period_to` is outside.
  period_from timestamptz not null,
  period_to timestamptz not null,
  lines bigint not null default 0,
  -- Lines by what came of them.
  matched bigint not null default 0,
  repeated bigint not null default 0,
  waiting bigint not null default 0,
  missing_here bigint not null default 0,
  amount_mismatch bigint not null default 0,
  reversal bigint not null default 0,
  -- Purchases in its time that it does not have.
  missing_there bigint not null default 0,
  actor text not null,
  created_at timestamptz not null default now(),
  matched_at timestamptz,
  check (period_from < period_to),
  unique (supplier_id, file_hash)
);
create index supplier_statements_of_period on supplier_statements (supplier_id, period_from, period_to);

create table supplier_statement_lines (
  statement_id uuid not null references supplier_statements (id),
  line bigint not null,
  supplier_id uuid not null,
  -- Ours where it is one of ours, in our spelling.
  reference text not null,
  supplier_reference text,
  order_id uuid,
  item smallint,
  amount bigint not null check (amount >= 0),
  currency text not null,
  status text not null check (status in ('charged', 'refunded')),
  at timestamptz not null,
  -- repeated: another statement has the very same line. open, parked: our item has not ended; it is looked at again.
  match text check (match in ('matched', 'repeated', 'open', 'parked', 'missing_here', 'amount_mismatch', 'reversal')),
  primary key (statement_id, line)
);
create index supplier_statement_lines_by_reference on supplier_statement_lines (supplier_id, reference);
create index fulfilments_bought on fulfilments (supplier_id, ended_at) where state = 'completed';

do $$
begin
  if exists (select from pg_roles where rolname = 'scrip_app') then
    revoke delete, truncate on supplier_statements, supplier_statement_lines from scrip_app;
  end if;
end
$$;

-- Each look at a supplier's list, and what had changed. A look whose list could not be read to its end changes nothing and says why.
create table supplier_syncs (
  id uuid primary key,
  supplier_id uuid not null references suppliers (id),
  started_at timestamptz not null,
  -- Null: it was interrupted; what it had changed stays, and the next look does the rest.
  ended_at timestamptz,
  problem text,
  products bigint not null default 0,
  price_changed bigint not null default 0,
  price_unclear bigint not null default 0,
  appeared bigint not null default 0,
  vanished bigint not null default 0,
  stock_out bigint not null default 0,
  stock_in bigint not null default 0,
  actor text not null
);
create index supplier_syncs_of_supplier on supplier_syncs (supplier_id, id);

create table supplier_sync_changes (
  sync_id uuid not null references supplier_syncs (id),
  id bigint generated always as identity,
  supplier_id uuid not null,
  -- appeared: a product that we do not sell, told of once. price_unclear: in another currency, or by another measure, than is agreed; the
  -- cost stays as it was. vanished: not in the list any more.
  kind text not null check (kind in ('price_changed', 'price_unclear', 'appeared', 'vanished', 'stock_out', 'stock_in')),
  product_code text not null,
  sku_id uuid,
  detail text not null default '',
  -- Micro-units of the supplier's currency, or a rate of the face value.
  old_cost bigint,
  new_cost bigint,
  old_rate numeric(20, 10),
  new_rate numeric(20, 10),
  primary key (sync_id, id)
);
create unique index supplier_sync_changes_appeared on supplier_sync_changes (supplier_id, product_code) where kind = 'appeared';

do $$
begin
  if exists (select from pg_roles where rolname = 'scrip_app') then
    revoke delete, truncate on supplier_syncs, supplier_sync_changes from scrip_app;
  end if;
end
$$;
