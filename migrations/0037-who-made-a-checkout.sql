-- With which key an order was made: what is told of it is signed with that one, as a partner's other shops have others. Null: nobody knows; the newest key
-- signs.
alter table checkouts add column credential_id uuid;
