-- Ledger entries are written once.
REVOKE UPDATE, DELETE, TRUNCATE ON optout_consentevent FROM :runtime_role;

-- So are consent records; an erasure may empty their words (optout/triggers.sql).
REVOKE UPDATE, DELETE, TRUNCATE ON optout_consentrecord FROM :runtime_role;
GRANT UPDATE (words) ON optout_consentrecord TO :runtime_role;

-- So are the daily roots of the ledger, and the hashes that lead to them.
REVOKE UPDATE, DELETE, TRUNCATE ON optout_ledgerroot, optout_ledgerblock FROM :runtime_role;
