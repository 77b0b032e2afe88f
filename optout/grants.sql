-- The ledger is written once.
REVOKE UPDATE, DELETE, TRUNCATE ON optout_consentevent FROM :runtime_role;
