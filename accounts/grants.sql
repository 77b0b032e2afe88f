-- The audit log is written once.
REVOKE UPDATE, DELETE, TRUNCATE ON accounts_settingschange FROM :runtime_role;
