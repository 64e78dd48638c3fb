-- Orders on credit of one buyer, over all shops, in the order in which they were agreed: each takes the next place while it holds the buyer's row, so that
-- whoever decides about one knows all that were agreed before it. Times do not tell: one is taken when a transaction begins, and seen when it ends.
create table checkout_buyers (
  email text primary key,
  -- Of the last order.
  place bigint not null
);
-- Null: agreed to before there were places; such an order is in front of all that have one.
alter table checkout_decisions add column buyer_place bigint;
