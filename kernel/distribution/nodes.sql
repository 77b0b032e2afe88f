-- What a scope asks on a cluster (kernel/distribution/nodes.py). Created on all nodes, by migrate and by distribute, where
-- Citus is installed. :last_table is distributed last.

-- The shard of a team; null while it is on the coordinating node with all others.
CREATE OR REPLACE FUNCTION node_shard(team bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = 'public.:last_table'::regclass AND partmethod = 'h') THEN
        RETURN get_shard_id_for_distribution_column('public.:last_table'::regclass, team);
    END IF;
    RETURN NULL;
END $$;

-- The address of the node that holds a team. No row: the coordinating node, which answers this.
CREATE OR REPLACE FUNCTION node_of_team(team bigint) RETURNS TABLE (host text, port integer)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT n.nodename, n.nodeport FROM pg_dist_placement p JOIN pg_dist_node n ON n.groupid = p.groupid
    WHERE p.shardid = node_shard(team) AND n.groupid <> 0 AND n.noderole = 'primary' AND n.isactive
$$;

-- How a shard came to this node: its ID, and the transaction that wrote here that it is here. Null if it is elsewhere.
CREATE OR REPLACE FUNCTION node_arrival(shard bigint) RETURNS text
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT p.shardid || '.' || p.xmin FROM pg_dist_placement p JOIN pg_dist_local_group g ON g.groupid = p.groupid
    WHERE p.shardid = shard
$$;

-- The shards of a team by table, and the tables that every node has whole; with the sequences of their IDs.
CREATE OR REPLACE FUNCTION node_shards(team bigint) RETURNS TABLE (name text, shard text, sequence text, is_copy boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT p.logicalrelid::text, shard_name(p.logicalrelid, CASE p.repmodel
            WHEN 't' THEN (SELECT s.shardid FROM pg_dist_shard s WHERE s.logicalrelid = p.logicalrelid)
            ELSE get_shard_id_for_distribution_column(p.logicalrelid, team) END),
        (SELECT pg_get_serial_sequence(p.logicalrelid::text, 'id') FROM pg_attribute a
            WHERE a.attrelid = p.logicalrelid AND a.attname = 'id'),
        p.repmodel = 't'
    FROM pg_dist_partition p WHERE p.partmethod = 'h' OR p.repmodel = 't';
END $$;

-- Whether a table is distributed. While others are not yet, no scope begins: a connection from before does not pass its
-- team on to the shards, which would show it no opt-outs; and statements that name both kinds of tables are refused.
CREATE OR REPLACE FUNCTION node_is_distributed() RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM pg_dist_partition WHERE partmethod = 'h')
$$;

-- Keeps a shard, which came here by this arrival, on this node until the transaction ends. False if it has left.
-- The lock (5 is ShareLock) is the one that every write takes. Moving or splitting a shard takes it exclusively on all nodes
-- before it changes where the shard is, and holds it until that is committed. A statement begins after the lock was taken.
CREATE OR REPLACE FUNCTION node_keeps(arrival text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET lock_timeout = '5s' AS $$
DECLARE shard bigint := split_part(arrival, '.', 1);
BEGIN
    IF shard = 0 THEN  -- nothing is distributed, nor can be while it has this lock (steps.py)
        IF node_is_distributed() THEN RETURN false; END IF;  -- without waiting for the step that has the lock
        LOCK TABLE public.:last_table IN ROW SHARE MODE;
        RETURN NOT node_is_distributed();
    END IF;
    IF NOT EXISTS (SELECT FROM pg_dist_shard WHERE shardid = shard) THEN RETURN false; END IF;
    PERFORM lock_shard_metadata(5, ARRAY[shard]);
    RETURN node_arrival(shard) IS NOT DISTINCT FROM arrival;
END $$;

-- The same as a statement that fails, for the first round trip of a scope.
CREATE OR REPLACE FUNCTION node_must_keep(arrival text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT node_keeps(arrival) THEN
        RAISE EXCEPTION 'the shard of this team has left the node' USING ERRCODE = '57HM1';
    END IF;
END $$;

-- The arrival of a team that this node holds; null if another does. With a new arrival the node draws only IDs above all
-- that the team has in any table: each node has its own sequences, IDs say what is newer, and those of rows that are deleted
-- by now are still named elsewhere (in the ledger and the audit log).
CREATE OR REPLACE FUNCTION node_receives(team bigint) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET citus.enable_ddl_propagation = off SET client_min_messages = warning AS $$
DECLARE
    arrived text := coalesce(node_arrival(node_shard(team)), CASE WHEN node_shard(team) IS NULL THEN '0.0' END);
    relation regclass;
    drawn text;
    newest bigint := 0;
    newest_of_table bigint;
    newest_drawn bigint;
BEGIN
    IF arrived IS NULL OR NOT node_keeps(arrived) THEN RETURN NULL; END IF;
    IF arrived = '0.0' THEN RETURN arrived; END IF;
    IF to_regclass('public.node_arrivals') IS NOT NULL THEN
        IF EXISTS (SELECT FROM public.node_arrivals a WHERE a.of_team = team AND a.arrival = arrived) THEN
            RETURN arrived;
        END IF;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('heymarket node_receives'));
    CREATE TABLE IF NOT EXISTS public.node_arrivals (of_team bigint PRIMARY KEY, arrival text NOT NULL);
    FOR relation IN SELECT p.logicalrelid FROM pg_dist_partition p WHERE p.partmethod = 'h' ORDER BY 1 LOOP
        CONTINUE WHEN pg_get_serial_sequence(relation::text, 'id') IS NULL;
        EXECUTE format('SELECT max(id) FROM %s WHERE team_id = %s', relation, team) INTO newest_of_table;
        newest := greatest(newest, newest_of_table);
    END LOOP;
    FOR drawn IN SELECT pg_get_serial_sequence(p.logicalrelid::text, 'id') FROM pg_dist_partition p
                 WHERE p.partmethod = 'h' ORDER BY p.logicalrelid LOOP
        CONTINUE WHEN drawn IS NULL;
        EXECUTE format('SELECT last_value FROM %s', drawn) INTO newest_drawn;
        CONTINUE WHEN newest < newest_drawn;
        -- Citus gives each node a range of its own. IDs are unique in a team, not among teams. ALTER waits for all
        -- transactions that have drawn an ID, and all that draw one wait for it: only where the range ends too soon.
        IF newest + 1000 > (SELECT seqmax FROM pg_sequence WHERE seqrelid = drawn::regclass) THEN
            EXECUTE format('ALTER SEQUENCE %s MAXVALUE 9223372036854775807', drawn);
        END IF;
        PERFORM setval(drawn, newest + 1000);  -- also above IDs that are drawn in this moment
    END LOOP;
    INSERT INTO public.node_arrivals AS a VALUES (team, arrived)
    ON CONFLICT (of_team) DO UPDATE SET arrival = EXCLUDED.arrival;
    RETURN arrived;
END $$;

-- What a trigger of a table of every node asks: it fires on all of them, and the team's rows are on one.
CREATE OR REPLACE FUNCTION kernel_holds_team(team bigint) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE shard bigint := public.node_shard(team);
BEGIN
    RETURN shard IS NULL OR public.node_arrival(shard) IS NOT NULL;
END $$;

-- Of the team's shards, since the plan of a distributed table does not say how many rows are expected. EXPLAIN sends all
-- that follows it in a transaction to the shards by other connections; the setting ends with this function.
CREATE OR REPLACE FUNCTION kernel_estimated_rows(query text) RETURNS bigint
LANGUAGE plpgsql SET search_path = public, pg_temp SET citus.enable_local_execution = on AS $$
DECLARE
    team bigint := nullif(current_setting('heymarket.team', true), '')::bigint;
    relation regclass;
    shard text;
    plan json;
BEGIN
    FOR relation IN SELECT p.logicalrelid FROM pg_dist_partition p LOOP
        CONTINUE WHEN position(format('"%s"', relation) IN query) = 0;
        shard := format('%s_%s', relation, get_shard_id_for_distribution_column(relation, team));
        IF to_regclass(shard) IS NOT NULL THEN
            query := replace(query, format('"%s"', relation), format('"%s"', shard));
        END IF;
    END LOOP;
    EXECUTE 'EXPLAIN (FORMAT JSON) ' || query INTO plan;
    RETURN (plan -> 0 -> 'Plan' ->> 'Plan Rows')::bigint;
END $$;

-- Of these, kernel_estimated_rows alone has the rights of its caller.
REVOKE ALL ON FUNCTION node_shard(bigint), node_of_team(bigint), node_arrival(bigint), node_is_distributed(),
    node_keeps(text), node_must_keep(text), node_receives(bigint), node_shards(bigint),
    kernel_holds_team(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION node_shard(bigint), node_of_team(bigint), node_arrival(bigint), node_is_distributed(),
    node_keeps(text), node_must_keep(text), node_receives(bigint), node_shards(bigint),
    kernel_holds_team(bigint) TO :runtime_role;
