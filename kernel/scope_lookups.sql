-- Scope lookups are functions with the owner's rights, each of which answers one question. The packages' own files
-- create them again after every migrate, so those of an older version are dropped first.
DO $$ DECLARE lookup regprocedure; BEGIN
    FOR lookup IN SELECT p.oid FROM pg_proc p
                  WHERE p.pronamespace = 'public'::regnamespace AND p.proname LIKE 'lookup\_%' LOOP
        EXECUTE format('DROP FUNCTION %s', lookup);
    END LOOP;
END $$;

-- Lets no tenant table give a new row an ID up to this one. An imported team keeps the IDs of its rows, which are unique in
-- a team; rows that it gets later must not repeat them. The distance is for IDs that are drawn in the same moment.
-- The limit is above what any node of a cluster draws (nodes.sql) and leaves 2^48 IDs that JSON numbers hold (2^53).
CREATE FUNCTION lookup_ids_reserved(upto bigint)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE reserved text; newest bigint;
BEGIN
    IF upto NOT BETWEEN 0 AND 31 * (1::bigint << 48) THEN RAISE EXCEPTION 'no team has an ID such as %', upto; END IF;
    FOR reserved IN
        SELECT pg_get_serial_sequence(c.relname, 'id') FROM pg_class c
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'team_id' AND NOT a.attisdropped
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
    LOOP
        EXECUTE format('SELECT last_value FROM %s', reserved) INTO newest;
        IF newest <= upto THEN PERFORM setval(reserved, upto + 1000); END IF;
    END LOOP;
END $$;
