/** The one database in the cluster. A change replaces the cluster. */
export const DATABASE_NAME = "streamflix";

/** Port of the cluster. */
export const DATABASE_PORT = 5432;

/** First user, only for making roles and rotating passwords. A change replaces the cluster. */
export const MASTER_USER = "streamflix_master";

/** Owns every object, so that both users of a pair can use what either made; nobody signs in as it. */
export const OWNER_ROLE = "streamflix_owner";

/** May read everything; nobody signs in as it. */
export const READER_ROLE = "streamflix_reader";

/** The service signs in as one of these while rotation changes the password of the other. */
export const SERVICE_USERS = ["streamflix_service_a", "streamflix_service_b"] as const;

/** People in an emergency; signs in with IAM. */
export const OPERATOR_USER = "streamflix_operator";

/** Deletes what is past its time, and erases subjects; signs in with IAM. Migrations say on which tables. */
export const RETENTION_USER = "streamflix_retention";

/** Checks restored backups, reading only; signs in with IAM. */
export const VERIFIER_USER = "streamflix_verifier";

/** Schemas of the application. */
export const SCHEMAS = ["streamflix"] as const;

/** Extensions: use of statements, and the audit log. */
export const EXTENSIONS = ["pg_stat_statements", "pgaudit"] as const;
