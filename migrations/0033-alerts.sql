-- Who is told when a wallet or the stock of a SKU runs low: once each time it falls below the mark.
create table balance_alerts (
  partner_id uuid not null,
  wallet_id uuid not null,
  -- Micro-units of what can be spent without an overdraft.
  threshold bigint not null check (threshold > 0),
  -- When it was told that the wallet is below; null: it is not, or was not seen yet.
  alerted_at timestamptz,
  primary key (partner_id, wallet_id),
  foreign key (partner_id, wallet_id) references wallets (partner_id, id)
);

create table stock_alerts (
  sku_id uuid primary key references skus (id),
  threshold integer not null check (threshold > 0),
  alerted_at timestamptz
);
