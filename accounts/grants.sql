-- Changes of settings are written once.
REVOKE UPDATE, DELETE, TRUNCATE ON accounts_settingschange FROM :runtime_role;
