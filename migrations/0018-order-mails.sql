-- To whom the goods of an order are mailed once they are there. Written before the order is placed, under the external id and the request
-- that it will have, and deleted with the message's row in the outbox: a server that dies in between forgets no mail.
create table order_mails (
  partner_id uuid not null,
  external_id text not null,
  -- As `orders.request_hash`: an order that another request has made under the external id is not mailed to this one's recipient.
  request_hash uuid not null,
  recipient text not null check (recipient <> ''),
  locale text not null,
  -- How the recipient knows the order.
  reference text not null,
  -- Where the goods are redeemed by link: an address with {code} in it.
  redeem_url text,
  created_at timestamptz not null default now(),
  primary key (partner_id, external_id, request_hash)
);
create index order_mails_by_time on order_mails (created_at);
