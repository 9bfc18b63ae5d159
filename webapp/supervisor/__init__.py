"""One command that starts PostgreSQL, Valkey and every process of the Procfile."""
