-- Ledger entries are written once.
REVOKE UPDATE, DELETE, TRUNCATE ON optout_consentevent FROM :runtime_role;
