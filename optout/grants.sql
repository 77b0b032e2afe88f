-- Ledger entries are written once.
REVOKE UPDATE, DELETE, TRUNCATE ON optout_consentevent FROM :runtime_role;

-- So are consent records; an erasure may empty their words (optout/triggers.sql).
REVOKE UPDATE, DELETE, TRUNCATE ON optout_consentrecord FROM :runtime_role;
GRANT UPDATE (words) ON optout_consentrecord TO :runtime_role;

-- Links of teams are made and ended by functions alone, and a trigger adds what is to be copied.
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON optout_teamlink FROM :runtime_role;
REVOKE INSERT, UPDATE, TRUNCATE ON optout_linkedoptout FROM :runtime_role;

-- So are the daily roots of the ledger, and the hashes that lead to them.
REVOKE UPDATE, DELETE, TRUNCATE ON optout_ledgerroot, optout_ledgerblock FROM :runtime_role;
