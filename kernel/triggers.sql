-- Creates a trigger, unless the same definition is installed already: creating one waits for all writers of the table.
-- `definition` is what follows the trigger's name in CREATE TRIGGER, with %s in place of the table.
CREATE OR REPLACE FUNCTION kernel_install_trigger(name text, target regclass, definition text) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    installed text := (
        SELECT obj_description(t.oid, 'pg_trigger') FROM pg_trigger t WHERE t.tgrelid = target AND t.tgname = name);
BEGIN
    IF installed IS DISTINCT FROM md5(definition) THEN
        EXECUTE format('CREATE OR REPLACE TRIGGER %I %s', name, format(definition, target));
        EXECUTE format('COMMENT ON TRIGGER %I ON %s IS %L', name, target, md5(definition));
    END IF;
END $$;

-- Two questions to which a node of a cluster has another answer: kernel/distribution/nodes.sql replaces these functions
-- where Citus is installed.
-- Whether this server holds the rows of a team.
CREATE OR REPLACE FUNCTION kernel_holds_team(team bigint) RETURNS boolean LANGUAGE sql STABLE AS $$ SELECT true $$;
-- How many rows the planner expects of a query of the team in scope. Its tables are in double quotes, as the ORM writes them.
DROP FUNCTION IF EXISTS kernel_estimated_rows(regclass, bigint, text);  -- of an older version
CREATE OR REPLACE FUNCTION kernel_estimated_rows(query text) RETURNS bigint
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE plan json;
BEGIN
    EXECUTE 'EXPLAIN (FORMAT JSON) ' || query INTO plan;
    RETURN (plan -> 0 -> 'Plan' ->> 'Plan Rows')::bigint;
END $$;
