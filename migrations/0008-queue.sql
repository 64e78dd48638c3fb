-- The job queue itself (schema graphile_worker) is installed by graphile-worker's own migrations, right after these. Its tables are
-- closed to all but their owner, so the functions here act for the application's role. They name its functions only when they run.

-- Processes that take jobs, by the name under which they lock them. One that has not been seen for a while is dead, and what it had
-- taken is given back; the queue by itself would wait four hours.
create table queue_workers (
  id text primary key,
  seen_at timestamptz not null
) with (fillfactor = 50);

-- Adds a job in the transaction of what it follows from: either both happen or neither.
create function enqueue_job(p_name text, p_payload json, p_run_at timestamptz, p_key text, p_attempts integer, p_queue text) returns void
language plpgsql security definer set search_path from current as $$
begin
  perform graphile_worker.add_job(p_name, payload => p_payload, run_at => p_run_at, job_key => p_key, max_attempts => p_attempts, queue_name => p_queue);
end
$$;

-- Notes that this worker lives, and gives back what dead ones had taken. Jobs may therefore run twice, as with any queue.
-- Returns the workers that were found dead now.
create function keep_queue_workers(p_id text, p_dead_after interval) returns setof text
language plpgsql security definer set search_path from current as $$
declare
  dead text[];
begin
  insert into queue_workers (id, seen_at) values (p_id, now()) on conflict (id) do update set seen_at = excluded.seen_at;
  select array_agg(distinct jobs.locked_by) into dead
  from graphile_worker._private_jobs jobs
  where jobs.locked_by is not null and jobs.locked_at < now() - p_dead_after
    and not exists (select from queue_workers w where w.id = jobs.locked_by and w.seen_at > now() - p_dead_after);
  if dead is not null then
    perform graphile_worker.force_unlock_workers(dead);
  end if;
  delete from queue_workers where seen_at < now() - greatest(p_dead_after, interval '1 day');
  return query select unnest(dead);
end
$$;

-- How many jobs wait, run and have failed for good, and for how many seconds the oldest that could run has waited.
create function queue_figures(out waiting bigint, out running bigint, out failed bigint, out oldest_seconds double precision)
language plpgsql stable security definer set search_path from current as $$
begin
  select count(*) filter (where is_available), count(*) filter (where locked_at is not null),
         -- One whose key was given to a newer one while it ran has neither key nor error.
         count(*) filter (where locked_at is null and not is_available and (key is not null or last_error is not null)),
         coalesce(extract(epoch from now() - min(run_at) filter (where is_available and run_at <= now())), 0)
  into waiting, running, failed, oldest_seconds
  from graphile_worker._private_jobs;
end
$$;

do $$
begin
  revoke execute on function enqueue_job, keep_queue_workers, queue_figures from public;
  if exists (select from pg_roles where rolname = 'scrip_app') then
    grant execute on function enqueue_job, keep_queue_workers, queue_figures to scrip_app;
    -- So that every process can see whether the database fits it; the table is older than the rule that grants it the others.
    grant select on schema_migrations to scrip_app;
  end if;
end
$$;
