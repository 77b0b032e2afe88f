-- The rights of the role that the product runs as.
GRANT USAGE ON SCHEMA public TO :runtime_role;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO :runtime_role;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO :runtime_role;
REVOKE ALL ON django_migrations FROM :runtime_role;
GRANT SELECT ON django_migrations TO :runtime_role;

DO $$ DECLARE lookup regprocedure; BEGIN
    FOR lookup IN SELECT p.oid FROM pg_proc p
                  WHERE p.pronamespace = 'public'::regnamespace AND p.proname LIKE 'lookup\_%' LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', lookup);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO :runtime_role', lookup);
    END LOOP;
END $$;
