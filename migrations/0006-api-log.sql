-- Every API call, masked, in a partition a day (UTC); old days are dropped whole. The job that keeps the partitions makes
-- them ahead; the default one takes what comes when it has not run.
create table api_calls (
  called_at timestamptz not null,
  -- The request id that the answer carried.
  id text not null,
  partner_id uuid,
  credential_id uuid,
  dialect text not null,
  method text not null,
  path text not null,
  status integer not null,
  duration_us integer not null,
  address text not null,
  request text,
  response text
) partition by range (called_at);
create table api_calls_default partition of api_calls default;
create index api_calls_by_partner on api_calls (partner_id, called_at desc, id desc);
-- Rows come nearly in the order of time: a summary of each stretch of the table is enough to find a time, and costs writers next to nothing.
create index api_calls_by_time on api_calls using brin (called_at);
create index api_calls_by_id on api_calls (id);

-- Makes the partitions of today and the days ahead, and drops those that ended more than keep_days ago. What has come into the
-- default partition for a day moves into that day's own. Only the owner of a table may do this: the function acts for the
-- application's role, which is the table's user.
create function keep_api_call_partitions(keep_days integer, ahead_days integer, out made text[], out dropped text[])
language plpgsql security definer set search_path from current as $$
declare
  today date := (now() at time zone 'UTC')::date;
  oldest date := today - keep_days;
  day date;
  partition_name text;
  opens timestamptz;
  closes timestamptz;
begin
  if keep_days < 1 or ahead_days < 0 or ahead_days > 366 then
    raise exception 'keep_days must be at least 1 and ahead_days from 0 to 366';
  end if;
  made := '{}';
  dropped := '{}';
  lock table api_calls in share update exclusive mode;
  for day in select generate_series(today, today + ahead_days, interval '1 day')::date loop
    partition_name := 'api_calls_' || to_char(day, 'YYYYMMDD');
    continue when to_regclass(partition_name) is not null;
    opens := day::timestamp at time zone 'UTC';
    closes := (day + 1)::timestamp at time zone 'UTC';
    execute format('create table %I (like api_calls including all)', partition_name);
    -- Nobody may write into the default partition between the move and the attachment.
    lock table api_calls_default in access exclusive mode;
    execute format(
      'with moved as (delete from api_calls_default where called_at >= $1 and called_at < $2 returning *) insert into %I select * from moved',
      partition_name) using opens, closes;
    execute format('alter table api_calls attach partition %I for values from (%L) to (%L)', partition_name, opens, closes);
    made := made || partition_name;
  end loop;
  for partition_name in
    select child.relname from pg_inherits join pg_class child on child.oid = inhrelid
    where inhparent = 'api_calls'::regclass and child.relname ~ '^api_calls_\d{8}$'
      and to_date(right(child.relname, 8), 'YYYYMMDD') < oldest
    order by child.relname
  loop
    execute format('drop table %I', partition_name);
    dropped := dropped || partition_name;
  end loop;
  delete from api_calls_default where called_at < oldest::timestamp at time zone 'UTC';
end
$$;

-- Requests counted against a limit: one row for each partner and limit, holding its running minute; processes take their share in lots.
create table rate_windows (
  partner_id uuid not null references partners (id),
  limit_name text not null,
  window_start timestamptz not null,
  -- How much of the limit the processes have taken, and how much the last of them was given: an upsert cannot answer with the
  -- difference to the row before it.
  used bigint not null check (used >= 0),
  last_lot bigint not null check (last_lot >= 0),
  primary key (partner_id, limit_name)
) with (fillfactor = 50);
