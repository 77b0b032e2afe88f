-- Scope lookups are functions with the owner's rights, each of which answers one question. The packages' own files
-- create them again after every migrate, so those of an older version are dropped first.
DO $$ DECLARE lookup regprocedure; BEGIN
    FOR lookup IN SELECT p.oid FROM pg_proc p
                  WHERE p.pronamespace = 'public'::regnamespace AND p.proname LIKE 'lookup\_%' LOOP
        EXECUTE format('DROP FUNCTION %s', lookup);
    END LOOP;
END $$;
