-- What is kept for some days and then goes by whole days: the API log (as before), and the log of webhooks. A delivery that waits stays a
-- row of webhook_deliveries, whatever its age; one that has ended goes to webhook_ended_deliveries, whose partitions are dropped. So no
-- partition that is dropped can have anything in it that still is to go out, and whoever looks for what is due looks at what waits alone.

-- The least id (UUIDv7, which begins with its milliseconds) that something of an instant can have: where a day begins in a table that is
-- partitioned by such an id.
create function least_id_at(instant timestamptz) returns uuid language sql immutable as $$
  select (lpad(to_hex(floor(extract(epoch from instant) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;

-- In the order in which a sender takes them when it notes a try.
lock table webhook_attempts, webhook_deliveries in access exclusive mode;

alter table webhook_deliveries rename to webhook_deliveries_before;
alter table webhook_deliveries_before rename constraint webhook_deliveries_pkey to webhook_deliveries_before_pkey;
alter index webhook_deliveries_due rename to webhook_deliveries_before_due;
alter index webhook_deliveries_claimed rename to webhook_deliveries_before_claimed;
alter index webhook_deliveries_of_endpoint rename to webhook_deliveries_before_of_endpoint;

-- The columns of an end are there for processes of the version before, which write it here while an upgrade rolls: the job that
-- looks after webhooks takes such rows on to where they belong.
create table webhook_deliveries (
  partner_id uuid not null,
  event_id uuid not null,
  endpoint_id uuid not null,
  state text not null default 'waiting' check (state in ('waiting', 'delivered', 'failed')),
  -- Tries of this round that came to an end (a replay starts another round), and all that were begun in any.
  tries integer not null default 0,
  tries_ever integer not null default 0,
  -- When the next try is due.
  due_at timestamptz default now(),
  -- Who tries now holds the row until then; the fence moves on with each claim, and who comes late with an old one changes nothing.
  claimed_until timestamptz,
  fence bigint not null default 0,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  primary key (partner_id, event_id, endpoint_id)
) with (fillfactor = 70);

insert into webhook_deliveries (partner_id, event_id, endpoint_id, state, tries, tries_ever, due_at, claimed_until, fence, created_at)
select partner_id, event_id, endpoint_id, state, tries, tries_ever, due_at, claimed_until, fence, created_at
from webhook_deliveries_before where state = 'waiting';
delete from webhook_deliveries_before where state = 'waiting';
update webhook_deliveries_before set ended_at = created_at where ended_at is null;

-- Claiming walks from endpoint to endpoint, however much lies before one of them; and counts what is in hand for each.
create index webhook_deliveries_due on webhook_deliveries (partner_id, endpoint_id, due_at) where due_at is not null;
create index webhook_deliveries_claimed on webhook_deliveries (partner_id, endpoint_id) where claimed_until is not null;
create index webhook_deliveries_of_endpoint on webhook_deliveries (partner_id, endpoint_id, created_at desc, event_id desc);

-- Deliveries that have ended, in a partition for each day (UTC) of their events. The fence is kept, since a replay goes on from it.
create table webhook_ended_deliveries (
  partner_id uuid not null,
  event_id uuid not null,
  endpoint_id uuid not null,
  state text not null,
  tries integer not null,
  tries_ever integer not null,
  fence bigint not null,
  created_at timestamptz not null,
  ended_at timestamptz not null,
  primary key (partner_id, event_id, endpoint_id),
  constraint webhook_ended_deliveries_state check (state in ('delivered', 'failed'))
) partition by range (event_id);
create table webhook_ended_deliveries_default partition of webhook_ended_deliveries default;
create index webhook_ended_deliveries_of_endpoint on webhook_ended_deliveries (partner_id, endpoint_id, created_at desc, event_id desc);

-- Every delivery, whichever of the two tables it is in.
create view all_webhook_deliveries as
select partner_id, event_id, endpoint_id, state, tries, tries_ever, due_at, created_at, ended_at from webhook_deliveries
union all
select partner_id, event_id, endpoint_id, state, tries, tries_ever, null, created_at, ended_at from webhook_ended_deliveries;

alter table webhook_attempts rename to webhook_attempts_before;
alter table webhook_attempts_before rename constraint webhook_attempts_pkey to webhook_attempts_before_pkey;
create table webhook_attempts (
  partner_id uuid not null,
  event_id uuid not null,
  endpoint_id uuid not null,
  number integer not null,
  attempted_at timestamptz not null default now(),
  duration_us integer not null,
  -- Null: there was no answer, and `error` says why.
  status integer,
  error text,
  response text,
  primary key (partner_id, event_id, endpoint_id, number)
) partition by range (event_id);
create table webhook_attempts_default partition of webhook_attempts default;

-- What there is becomes one partition, up to the end of today and under today's name, so that it goes as today does: read once to see that
-- it fits, and not written again.
do $$
declare
  today date := (now() at time zone 'UTC')::date;
  closes uuid := least_id_at((today + 1)::timestamp at time zone 'UTC');
  parent text;
  former text;
  partition_name text;
  is_empty boolean;
begin
  alter table webhook_deliveries_before
    drop column due_at, drop column claimed_until, drop constraint webhook_deliveries_state_check, alter column state drop default,
    add constraint webhook_ended_deliveries_state check (state in ('delivered', 'failed')), alter column ended_at set not null;
  for parent, former in
    values ('webhook_ended_deliveries', 'webhook_deliveries_before'), ('webhook_attempts', 'webhook_attempts_before')
  loop
    execute format('select not exists (select from %I)', former) into is_empty;
    if is_empty then
      execute format('drop table %I', former);
      continue;
    end if;
    partition_name := parent || to_char(today, '_YYYYMMDD');
    -- Of clocks that go ahead.
    execute format('with moved as (delete from %I where event_id >= $1 returning *) insert into %I select * from moved', former, parent)
      using closes;
    execute format('alter table %I rename to %I', former, partition_name);
    execute format('alter table %I attach partition %I for values from (minvalue) to (%L)', parent, partition_name, closes);
  end loop;
end
$$;

-- Makes the partitions of today and the days ahead of a table, and drops those that ended more than keep_days ago; days are UTC. What has come
-- into the default partition for a day moves into that day's own, and what has lain in it for too long is removed, at most 10,000 rows in a
-- call: `removed` says how many. Only the owner of a table may do this: the function acts for the application's role, which is the
-- tables' user, and for no tables but these.
--
-- It drops before it makes. Whoever reads the table locks it before its partitions, and so does a drop; with the default partition locked
-- already it would wait for a reader that waits for it. A backup holds its locks for long, and who waits for one lets nobody pass:
-- it gives up soon, and the job comes again.
create function keep_partitions(p_table text, keep_days integer, ahead_days integer, out made text[], out dropped text[], out removed integer)
language plpgsql security definer set search_path from current set lock_timeout = '2s' as $$
declare
  today date := (now() at time zone 'UTC')::date;
  oldest date := today - keep_days;
  oldest_instant timestamptz := oldest::timestamp at time zone 'UTC';
  -- The column of the partitions' bounds; an id, or an instant.
  key text := case p_table when 'api_calls' then 'called_at' when 'webhook_ended_deliveries' then 'event_id' when 'webhook_attempts' then 'event_id' end;
  is_id boolean := key = 'event_id';
  oldest_key text := case when is_id then least_id_at(oldest_instant)::text else oldest_instant::text end;
  -- Which rows outlive their day, as a condition on `r`: they go into the default partition when the day's own is dropped.
  outlives text := case p_table
    when 'webhook_attempts' then format(
      'exists (select from all_webhook_deliveries d
       where d.partner_id = r.partner_id and d.event_id = r.event_id and d.endpoint_id = r.endpoint_id and d.event_id < %L)', oldest_key)
    else 'false' end;
  -- Which rows stay in the default partition. A delivery that waited for longer than it would have been kept is kept as long after its end.
  stays text := case p_table when 'webhook_ended_deliveries' then format('r.ended_at >= %L', oldest_instant) else outlives end;
  default_name text := p_table || '_default';
  day date;
  partition_name text;
  opens text;
  closes text;
begin
  if key is null then
    raise exception 'the table % has no partitions to keep', p_table;
  end if;
  if keep_days < 1 or ahead_days < 0 or ahead_days > 366 then
    raise exception 'keep_days must be at least 1 and ahead_days from 0 to 366';
  end if;
  made := '{}';
  dropped := '{}';
  execute format('lock table %I in share update exclusive mode', p_table);
  for partition_name in
    select child.relname from pg_inherits join pg_class child on child.oid = inhrelid
    where inhparent = p_table::regclass and child.relname ~ ('^' || p_table || '_\d{8}$')
      and to_date(right(child.relname, 8), 'YYYYMMDD') < oldest
    order by child.relname
  loop
    if outlives <> 'false' then
      execute format('alter table %I detach partition %I', p_table, partition_name);
      execute format('insert into %I select r.* from %I r where %s', p_table, partition_name, outlives);
    end if;
    execute format('drop table %I', partition_name);
    dropped := dropped || partition_name;
  end loop;
  for day in select generate_series(today, today + ahead_days, interval '1 day')::date loop
    partition_name := p_table || to_char(day, '_YYYYMMDD');
    continue when to_regclass(partition_name) is not null;
    opens := day::timestamp at time zone 'UTC';
    closes := (day + 1)::timestamp at time zone 'UTC';
    if is_id then
      opens := least_id_at(opens::timestamptz);
      closes := least_id_at(closes::timestamptz);
    end if;
    execute format('create table %I (like %I including all)', partition_name, p_table);
    -- Nobody may write into the default partition between the move and the attachment.
    execute format('lock table %I in access exclusive mode', default_name);
    execute format(
      'with moved as (delete from %1$I where %2$I >= %3$L and %2$I < %4$L returning *) insert into %5$I select * from moved',
      default_name, key, opens, closes, partition_name);
    execute format('alter table %I attach partition %I for values from (%L) to (%L)', p_table, partition_name, opens, closes);
    made := made || partition_name;
  end loop;
  execute format(
    'delete from %1$I where ctid = any (array(select r.ctid from %1$I r where r.%2$I < %3$L and not (%4$s) limit 10000))',
    default_name, key, oldest_key, stays);
  get diagnostics removed = row_count;
end
$$;
drop function keep_api_call_partitions(integer, integer);
