-- What the dialect that took an order remembers of the call: the rate and the figures that it was priced by, the words it was told in. It is
-- written with the order and belongs to that dialect alone, unlike `metadata`, which is the caller's own and is shown by every dialect.
alter table orders add column notes json;

-- Two dialects had kept theirs in the caller's place.
update orders set notes = metadata, metadata = null where dialect in ('vendify', 'iascroft');

-- The order path learns to write them. The former function goes: its callers name its arguments.
drop function place_orders;

-- One batch of orders, all in the caller's transaction: locks the wallets in id order, answers repeats, takes codes, accepts greedily
-- and exactly per wallet in arrival order, writes everything. Orders come as parallel arrays; distinct wallets and SKUs come once
-- each, and an order names them by their place (1-based slots). An external id may stand in a batch once per partner.
--
-- An order that `p_supplied` marks may be filled by a supplier: where the stock does not hold all of its codes, it takes none of them,
-- its money is set aside under a hold with the order's id, and a fulfilment is due at once.
--
-- Answers a row per order with its first code, then a row per further code (outcome null, in the order of delivery). An outcome is
-- `placed` (sold from stock), `accepted` (a supplier will be asked), `repeat` (order_id and request_hash are those of the first order),
-- or a refusal: `wallet_not_found`, `partner_inactive`, `insufficient_funds`, `out_of_stock`, or `contended` (codes are there but other
-- transactions hold them: ask again).
create function place_orders(
  p_order_id uuid[],
  p_event_id uuid[],
  p_external_id text[],
  p_request_hash uuid[],
  p_dialect text[],
  p_wallet_slot integer[],
  p_sku_slot integer[],
  p_sku_name text[],
  p_quantity integer[],
  p_unit_price bigint[],
  p_face_value bigint[],
  p_face_currency text[],
  p_allow_partial boolean[],
  p_supplied boolean[],
  p_customer_data text[],
  p_metadata text[],
  p_notes text[],
  p_wallet_partner uuid[],
  p_wallet_id uuid[],
  p_sku_id uuid[],
  -- Where to begin looking for codes of a SKU, exclusive. Only a shortcut past the rows of codes just sold, which stay in the index until
  -- it is vacuumed: who finds too few with it is told `contended` and asks again without.
  p_sku_from_expires date[],
  p_sku_from_id uuid[]
) returns table (
  o_ordinal integer,
  o_outcome text,
  o_order_id uuid,
  o_request_hash uuid,
  o_delivered integer,
  -- Milliseconds since 1970: cheaper to read than a text with a date in it.
  o_created_ms double precision,
  o_code_id uuid,
  o_data_key_id uuid,
  o_ciphertext bytea,
  o_expires_on date
)
language plpgsql
-- The arrays differ in every call and the plans do not; planning would cost more than running. Plans made while the tables are still empty
-- must be right when they are full: every table is reached by an index, row by row, whatever the statistics say.
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set enable_sort = off
set enable_incremental_sort = off
as $$
#variable_conflict use_column
declare
  n constant integer := coalesce(array_length(p_order_id, 1), 0);
  wallets_count constant integer := coalesce(array_length(p_wallet_id, 1), 0);
  skus_count constant integer := coalesce(array_length(p_sku_id, 1), 0);
  -- Per wallet.
  w_state text[] := array_fill('wallet_not_found'::text, array[wallets_count]);
  w_balance bigint[] := array_fill(0::bigint, array[wallets_count]);
  w_room bigint[] := array_fill(0::bigint, array[wallets_count]);
  w_number bigint[] := array_fill(0::bigint, array[wallets_count]);
  w_code text[] := array_fill(''::text, array[wallets_count]);
  w_currency text[] := array_fill(''::text, array[wallets_count]);
  w_touched boolean[] := array_fill(false, array[wallets_count]);
  w_held bigint[] := array_fill(0::bigint, array[wallets_count]);
  -- Per SKU.
  s_demand integer[] := array_fill(0, array[skus_count]);
  s_left integer[] := array_fill(0, array[skus_count]);
  s_next integer[] := array_fill(0, array[skus_count]);
  s_contended boolean[] := array_fill(false, array[skus_count]);
  s_taken integer[] := array_fill(0, array[skus_count]);
  -- Per order.
  r_outcome text[] := array_fill(null::text, array[n]);
  r_order_id uuid[] := p_order_id;
  r_hash uuid[] := p_request_hash;
  r_delivered integer[] := array_fill(0, array[n]);
  r_first integer[] := array_fill(0, array[n]);
  r_balance bigint[] := array_fill(0::bigint, array[n]);
  r_number bigint[] := array_fill(0::bigint, array[n]);
  r_placed boolean := false;
  r_accepted boolean := false;
  -- The codes locked for this batch, in order of SKU slot.
  c_tid tid[];
  c_slot integer[];
  c_id uuid[];
  c_key uuid[];
  c_text bytea[];
  c_expires date[];
  c_order integer[];
  found_row record;
  slot integer;
  sku integer;
  wanted integer;
  given integer;
  cost bigint;
  codes_count integer;
  told_count bigint;
begin
  if n = 0 then return; end if;

  for found_row in
    select k.slot, w.balance, w.entry_count, w.code, w.currency, w.room, (select p.status from partners p where p.id = k.partner_id) as status
    from (
      select o.partner_id, o.id, o.slot
      from unnest(p_wallet_partner, p_wallet_id) with ordinality as o (partner_id, id, slot)
      order by o.partner_id, o.id
    ) k
    cross join lateral (
      select w.balance, w.entry_count, w.code, w.currency,
             w.balance - w.reserved + case when w.allow_overdraft then w.overdraft_limit else 0 end as room
      from wallets w
      where w.partner_id = k.partner_id and w.id = k.id
      for no key update
    ) w
  loop
    slot := found_row.slot;
    w_state[slot] := case found_row.status when 'active' then 'ok' else 'partner_inactive' end;
    w_balance[slot] := found_row.balance;
    w_room[slot] := found_row.room;
    w_number[slot] := found_row.entry_count;
    w_code[slot] := found_row.code;
    w_currency[slot] := found_row.currency;
  end loop;

  -- Only now, with the wallets locked, does a fresh statement see every order that these wallets have made.
  for found_row in
    -- The first order at or behind the external id, in the order of orders_external_id: an equality alone could be planned, while the
    -- table is small, as a walk over all of the partner's orders, and that plan would stay.
    select k.ordinal, o.id, o.request_hash
    from unnest(p_external_id, p_wallet_slot) with ordinality as k (external_id, slot, ordinal)
    cross join lateral (
      select o.id, o.request_hash, o.external_id
      from orders o
      where o.partner_id = p_wallet_partner[k.slot] and o.external_id >= k.external_id
      order by o.partner_id, o.external_id
      limit 1
    ) o
    where o.external_id = k.external_id
  loop
    r_outcome[found_row.ordinal] := 'repeat';
    r_order_id[found_row.ordinal] := found_row.id;
    r_hash[found_row.ordinal] := found_row.request_hash;
  end loop;

  -- What could be afforded by itself asks for codes; what is refused anyway locks none.
  for i in 1..n loop
    slot := p_wallet_slot[i];
    if r_outcome[i] is null then
      if w_state[slot] <> 'ok' then
        r_outcome[i] := w_state[slot];
      elsif p_unit_price[i] * p_quantity[i] > w_room[slot] then
        r_outcome[i] := 'insufficient_funds';
      else
        sku := p_sku_slot[i];
        s_demand[sku] := s_demand[sku] + p_quantity[i];
      end if;
    end if;
  end loop;

  select array_agg(t.tid), array_agg(t.slot), array_agg(t.id), array_agg(t.data_key_id), array_agg(t.ciphertext), array_agg(t.expires_on)
  into c_tid, c_slot, c_id, c_key, c_text, c_expires
  from (
    select k.slot, c.tid, c.id, c.data_key_id, c.ciphertext, c.expires_on
    from unnest(p_sku_id, s_demand, p_sku_from_expires, p_sku_from_id) with ordinality as k (sku_id, demand, from_expires, from_id, slot)
    cross join lateral (
      select s.ctid as tid, s.id, s.data_key_id, s.ciphertext, s.expires_on
      from stock_codes s
      where s.sku_id = k.sku_id and s.expires_on > current_date and (s.expires_on, s.id) > (k.from_expires, k.from_id)
      order by s.expires_on, s.id
      limit k.demand
      for update skip locked
    ) c
    where k.demand > 0
    order by k.slot, c.expires_on, c.id
  ) t;
  codes_count := coalesce(array_length(c_tid, 1), 0);
  c_order := array_fill(0, array[codes_count]);
  for place in 1..codes_count loop
    sku := c_slot[place];
    s_left[sku] := s_left[sku] + 1;
    if s_left[sku] = 1 then s_next[sku] := place; end if;
  end loop;

  -- Fewer than asked for: all there are, or are others holding some that they may yet give back?
  for sku in 1..skus_count loop
    if s_left[sku] < s_demand[sku] then
      s_contended[sku] := s_left[sku] < (
        select count(*) from (
          select from stock_codes s where s.sku_id = p_sku_id[sku] and s.expires_on > current_date limit s_left[sku] + 1
        ) any_left
      );
    end if;
  end loop;

  for i in 1..n loop
    if r_outcome[i] is null then
      slot := p_wallet_slot[i];
      sku := p_sku_slot[i];
      wanted := p_quantity[i];
      given := least(wanted, s_left[sku]);
      if p_unit_price[i] * wanted > w_room[slot] then
        r_outcome[i] := 'insufficient_funds';
      elsif given < wanted and s_contended[sku] then
        r_outcome[i] := 'contended';
      elsif given < wanted and p_supplied[i] then
        cost := p_unit_price[i] * wanted;
        r_outcome[i] := 'accepted';
        r_accepted := true;
        w_room[slot] := w_room[slot] - cost;
        w_held[slot] := w_held[slot] + cost;
      elsif given = 0 or (given < wanted and not p_allow_partial[i]) then
        r_outcome[i] := 'out_of_stock';
      else
        cost := p_unit_price[i] * given;
        r_outcome[i] := 'placed';
        r_placed := true;
        r_delivered[i] := given;
        r_first[i] := s_next[sku];
        for place in s_next[sku]..s_next[sku] + given - 1 loop
          c_order[place] := i;
        end loop;
        s_next[sku] := s_next[sku] + given;
        s_left[sku] := s_left[sku] - given;
        s_taken[sku] := s_taken[sku] + given;
        w_balance[slot] := w_balance[slot] - cost;
        w_room[slot] := w_room[slot] - cost;
        w_number[slot] := w_number[slot] + 1;
        w_touched[slot] := true;
        r_balance[i] := w_balance[slot];
        r_number[i] := w_number[slot];
      end if;
    end if;
  end loop;

  if r_placed then
    -- One statement for all that is written: the batch is unfolded once, and the plan has one start.
    with placed as materialized (
      select k.ordinal::integer as ordinal, p_wallet_partner[k.slot] as partner_id, p_wallet_id[k.slot] as wallet_id, k.order_id, k.event_id,
             k.external_id, k.hash, k.dialect, w_code[k.slot] as wallet_code, w_currency[k.slot] as currency, p_sku_id[k.sku] as sku_id,
             k.sku_name, k.quantity, k.delivered, k.unit_price, k.unit_price * k.delivered as cost, k.face_value, k.face_currency,
             k.customer_data::json as customer_data, k.metadata::json as metadata, k.notes::json as notes, k.number, k.balance,
             case when k.delivered = k.quantity then 'completed' else 'partially_completed' end as status
      from unnest(p_order_id, p_event_id, p_external_id, p_request_hash, p_dialect, p_wallet_slot, p_sku_slot, p_sku_name, p_quantity,
                  p_unit_price, p_face_value, p_face_currency, p_customer_data, p_metadata, p_notes, r_delivered, r_number, r_balance) with ordinality
        as k (order_id, event_id, external_id, hash, dialect, slot, sku, sku_name, quantity,
              unit_price, face_value, face_currency, customer_data, metadata, notes, delivered, number, balance, ordinal)
      where k.delivered > 0
    ), paid as (
      update wallets w set balance = k.balance, entry_count = k.number
      from unnest(p_wallet_partner, p_wallet_id, w_balance, w_number, w_touched) as k (partner_id, id, balance, number, touched)
      where k.touched and w.partner_id = k.partner_id and w.id = k.id
    ), ordered as (
      insert into orders (partner_id, id, external_id, request_hash, dialect, wallet_id, status, currency, total_amount, metadata, notes, completed_at)
      select partner_id, order_id, external_id, hash, dialect, wallet_id, status, currency, cost, metadata, notes, now() from placed
    ), itemised as (
      insert into order_items (partner_id, order_id, item, sku_id, sku_name, quantity, delivered, unit_price, face_value, face_currency, status, customer_data)
      select partner_id, order_id, 1, sku_id, sku_name, quantity, delivered, unit_price, face_value, face_currency, status, customer_data from placed
    ), taken as (
      -- The rows are locked by this transaction, so their places cannot change under us.
      delete from stock_codes where ctid = any (array(select k.tid from unnest(c_tid, c_order) as k (tid, ordinal) where k.ordinal > 0))
    ), delivered as (
      insert into order_codes (partner_id, order_id, item, position, code_id, data_key_id, ciphertext, expires_on)
      select p_wallet_partner[p_wallet_slot[k.ordinal]], p_order_id[k.ordinal], 1, k.place - r_first[k.ordinal] + 1, k.id, k.data_key, k.ciphertext, k.expires_on
      from unnest(c_order, c_id, c_key, c_text, c_expires) with ordinality as k (ordinal, id, data_key, ciphertext, expires_on, place)
      where k.ordinal > 0
    ), counted as (
      insert into stock_movements (sku_id, change, reason)
      select k.sku_id, -k.taken, 'sale' from unnest(p_sku_id, s_taken) as k (sku_id, taken) where k.taken > 0
    ), charged as (
      insert into transfers (partner_id, id, kind, order_id) select partner_id, order_id, 'charge', order_id from placed
    ), journalled as (
      insert into entries (partner_id, transfer_id, account, currency, amount, number, balance_after)
      select partner_id, order_id, 'wallet:' || wallet_code, currency, -cost, number, balance from placed
      union all
      select partner_id, order_id, 'sales:' || currency, currency, cost, null, null from placed
    ), told as (
      insert into events (partner_id, id, type, order_id)
      select partner_id, event_id, 'order.' || status, order_id from placed
    )
    -- The event is on its way to whoever wants to be told, in the same commit; most partners have nobody to tell.
    select count(queue_webhooks(p.partner_id, p.event_id, 'order.' || p.status, p.dialect)) into told_count
    from placed p
    where exists (select from webhook_endpoints e where e.partner_id = p.partner_id and e.dialect = p.dialect and e.state <> 'disabled');
  end if;

  if r_accepted then
    with accepted as materialized (
      select p_wallet_partner[k.slot] as partner_id, p_wallet_id[k.slot] as wallet_id, k.order_id, k.external_id, k.hash, k.dialect,
             w_currency[k.slot] as currency, p_sku_id[k.sku] as sku_id, k.sku_name, k.quantity, k.unit_price, k.unit_price * k.quantity as cost,
             k.face_value, k.face_currency, k.customer_data::json as customer_data, k.metadata::json as metadata, k.notes::json as notes
      from unnest(p_order_id, p_external_id, p_request_hash, p_dialect, p_wallet_slot, p_sku_slot, p_sku_name, p_quantity, p_unit_price,
                  p_face_value, p_face_currency, p_customer_data, p_metadata, p_notes, r_outcome)
        as k (order_id, external_id, hash, dialect, slot, sku, sku_name, quantity, unit_price, face_value, face_currency,
              customer_data, metadata, notes, outcome)
      where k.outcome = 'accepted'
    ), reserved as (
      update wallets w set reserved = w.reserved + k.held
      from unnest(p_wallet_partner, p_wallet_id, w_held) as k (partner_id, id, held)
      where k.held > 0 and w.partner_id = k.partner_id and w.id = k.id
    ), held as (
      insert into holds (partner_id, id, wallet_id, amount, order_id)
      select partner_id, order_id, wallet_id, cost, order_id from accepted where cost > 0
    ), ordered as (
      insert into orders (partner_id, id, external_id, request_hash, dialect, wallet_id, status, currency, total_amount, metadata, notes)
      select partner_id, order_id, external_id, hash, dialect, wallet_id, 'processing', currency, cost, metadata, notes from accepted
    ), itemised as (
      insert into order_items (partner_id, order_id, item, sku_id, sku_name, quantity, unit_price, face_value, face_currency, status, customer_data)
      select partner_id, order_id, 1, sku_id, sku_name, quantity, unit_price, face_value, face_currency, 'processing', customer_data from accepted
    )
    insert into fulfilments (partner_id, order_id, item) select partner_id, order_id, 1 from accepted;
    perform pg_notify('fulfilment_due', '');
  end if;

  return query
    select k.ordinal::integer, k.outcome, case when k.outcome = 'repeat' then k.order_id end, case when k.outcome = 'repeat' then k.hash end,
           k.delivered, extract(epoch from now())::double precision * 1000,
           c_id[k.first], c_key[k.first], c_text[k.first], c_expires[k.first]
    from unnest(r_outcome, r_order_id, r_hash, r_delivered, r_first) with ordinality as k (outcome, order_id, hash, delivered, first, ordinal);
  return query
    select c.ordinal, null::text, null::uuid, null::uuid, null::integer, null::double precision, c.id, c.data_key, c.ciphertext, c.expires_on
    from unnest(c_order, c_id, c_key, c_text, c_expires) with ordinality as c (ordinal, id, data_key, ciphertext, expires_on, place)
    where c.ordinal > 0 and c.place > r_first[c.ordinal];
end
$$;
