// The table of settings. Names that the cloud's own tools read (AWS_…, CONNECTION_URL) are kept.
#include "app/settings.h"

namespace cruddur::app {
namespace {

using enum SettingKind;

const std::vector<SettingSpec>& Table() {
  static const std::vector<SettingSpec> table = {
      {"config", "CRUDDUR_CONFIG", "", kText,
       "TOML file of settings (./cruddur.toml where it exists)"},
      {"data", "CRUDDUR_DATA", "./data", kText, "directory of everything that Cruddur keeps"},
      {"host", "CRUDDUR_HOST", "127.0.0.1", kText, "address to listen on, for every port"},
      {"port", "CRUDDUR_PORT", "4567", kInteger, "port of the HTTP API (0: any free one)", 0,
       65535},
      {"dynamodb-port", "CRUDDUR_DYNAMODB_PORT", "8000", kInteger,
       "port of the DynamoDB endpoint (0: any free one)", 0, 65535},
      {"credentials", "CRUDDUR_CREDENTIALS", "", kText,
       "JSON file of who may call the DynamoDB endpoint, and do what (empty: everybody, anything)"},
      {"threads", "CRUDDUR_THREADS", "0", kInteger, "event loops (0: one a core)", 0, 256},

      {"store",
       "CRUDDUR_STORE",
       "auto",
       kChoice,
       "where messages are: auto is dynamodb when store-endpoint is set, else embedded",
       0,
       0,
       {"auto", "embedded", "dynamodb"}},
      {"store-endpoint", "AWS_ENDPOINT_URL", "", kText,
       "URL of a DynamoDB endpoint (empty: the AWS endpoint of the region)"},
      {"region", "AWS_DEFAULT_REGION", "us-east-1", kText, "AWS region"},
      {"store-deadline-ms", "CRUDDUR_STORE_DEADLINE_MS", "5000", kInteger,
       "longest wait for the store, retries included", 50, 25'000},

      {"lease-table", "CRUDDUR_LEASE_TABLE", "cruddur-stream-leases", kText,
       "table of the store in which stream workers keep who works on which shard"},
      {"lease-seconds", "CRUDDUR_LEASE_SECONDS", "10", kInteger,
       "how long a stream worker may be silent before others take its shards", 1, 600},

      {"in-memory", "CRUDDUR_IN_MEMORY", "false", kBoolean, "the engine keeps nothing on disk"},
      {"durability",
       "CRUDDUR_DURABILITY",
       "sync",
       kChoice,
       "when a write is acknowledged: sync, on the disk; os, in the system's buffers",
       0,
       0,
       {"sync", "os"}},
      {"block-cache-mb", "CRUDDUR_BLOCK_CACHE_MB", "64", kInteger,
       "memory for what the engine read from disk", 1, 1 << 20},
      {"throttle", "CRUDDUR_THROTTLE", "false", kBoolean,
       "the engine enforces provisioned throughput, with 300 seconds of burst"},
      {"control-plane-delay", "CRUDDUR_CONTROL_PLANE_DELAY", "0", kInteger,
       "how long tables and indexes stay CREATING, UPDATING and DELETING, in milliseconds", 0,
       3'600'000},
      {"ttl-interval", "CRUDDUR_TTL_INTERVAL", "1", kInteger,
       "seconds between two looks for expired items of the engine's tables", 1, 86'400},
      {"page-cache-mb", "CRUDDUR_PAGE_CACHE_MB", "32", kInteger,
       "memory for rendered first pages, where the cache is in memory (0: none)", 0, 1 << 20},
      {"cache-url", "CACHE_URL", "", kText,
       "cache shared with other processes, redis://… or rediss://… (empty: in memory)"},
      {"cache-ttl-seconds", "MOMENTO_TTL_SECONDS", "600", kInteger,
       "how long a cached value lives at most", 1, 86'340},
      {"cache-timeout-ms", "CRUDDUR_CACHE_TIMEOUT_MS", "15", kInteger,
       "longest wait for a cache elsewhere before the store is asked", 1, 50},
      {"cache-ca", "CRUDDUR_CACHE_CA", "", kText,
       "PEM certificates that a cache's server must have one of (empty: the system's)"},
      {"momento-auth-token", "MOMENTO_AUTH_TOKEN", "", kSecret,
       "token of a Momento cache, to cache there (empty: not there)"},
      {"momento-cache-name", "MOMENTO_CACHE_NAME", "cruddur", kText, "name of the Momento cache"},
      {"momento-endpoint", "CRUDDUR_MOMENTO_ENDPOINT", "", kText,
       "URL of Momento's HTTP API (empty: as the token says)"},

      {"connection-url", "CONNECTION_URL", "", kText,
       "users database, postgresql://… (empty: SQLite in the data directory)"},
      {"database-pool", "CRUDDUR_DATABASE_POOL", "4", kInteger, "connections to the users database",
       1, 256},

      {"cognito-pool-id", "AWS_COGNITO_USER_POOL_ID", "", kText,
       "Amazon Cognito user pool whose users sign in (empty: the built-in pool)"},
      {"cognito-client-id", "AWS_COGNITO_USER_POOL_CLIENT_ID", "", kText,
       "the app client of that pool"},
      {"cognito-endpoint", "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER", "", kText,
       "URL of that pool's API and keys (empty: the AWS endpoint of its region)"},
      {"cognito-issuer", "CRUDDUR_COGNITO_ISSUER", "", kText,
       "who issues that pool's tokens (empty: <endpoint>/<pool id>, as AWS)"},
      {"outbox",
       "CRUDDUR_OUTBOX",
       "file",
       kChoice,
       "where the built-in user pool puts its mail: file, outbox.jsonl in the data directory; log; "
       "smtp, the server of smtp-url",
       0,
       0,
       {"file", "log", "smtp"}},
      {"smtp-url", "CRUDDUR_SMTP_URL", "", kText,
       "server that takes the mail: smtp://host:587 (STARTTLS), smtps://host:465 (TLS)"},
      {"smtp-from", "CRUDDUR_SMTP_FROM", "", kText, "address that the mail comes from"},
      {"smtp-user", "CRUDDUR_SMTP_USER", "", kText, "login at that server (empty: none)"},
      {"smtp-password", "CRUDDUR_SMTP_PASSWORD", "", kSecret, "password of smtp-user"},
      {"smtp-starttls",
       "CRUDDUR_SMTP_STARTTLS",
       "required",
       kChoice,
       "smtp:// is TLS or no mail; off: in the clear, for a server on this machine",
       0,
       0,
       {"required", "off"}},
      {"smtp-ca", "CRUDDUR_SMTP_CA", "", kText,
       "PEM certificates that the mail server must have one of (empty: the system's)"},
      {"sign-in-rate", "CRUDDUR_SIGN_IN_RATE", "300", kInteger,
       "requests a minute that an address may make of the built-in user pool (0: any number)", 0,
       1'000'000},

      {"allowed-origins", "CRUDDUR_ALLOWED_ORIGINS", "", kText,
       "origins whose pages may call the API, https://app.example.com,… (empty: none but its own)"},
      {"tls-cert", "CRUDDUR_TLS_CERT", "", kText, "PEM certificate chain: serve the API over TLS"},
      {"tls-key", "CRUDDUR_TLS_KEY", "", kText, "PEM key of tls-cert"},
      {"max-connections", "CRUDDUR_MAX_CONNECTIONS", "10000", kInteger,
       "connections at once, per port", 1, 1 << 20},
      {"header-time-ms", "CRUDDUR_HEADER_TIME_MS", "10000", kInteger,
       "longest wait for a request's headers", 10, 600'000},
      {"body-time-ms", "CRUDDUR_BODY_TIME_MS", "30000", kInteger,
       "longest wait for a request's body", 10, 600'000},
      {"idle-time-ms", "CRUDDUR_IDLE_TIME_MS", "75000", kInteger,
       "how long a connection may be silent between requests", 10, 3'600'000},
      {"stop-grace-ms", "CRUDDUR_STOP_GRACE_MS", "10000", kInteger,
       "how long requests under way may take at a stop", 0, 600'000},

      {"log-level",
       "CRUDDUR_LOG_LEVEL",
       "info",
       kChoice,
       "least level that is logged",
       0,
       0,
       {"debug", "info", "warn", "error", "off"}},
      {"log-format",
       "CRUDDUR_LOG_FORMAT",
       "text",
       kChoice,
       "form of a log line",
       0,
       0,
       {"text", "json"}},
  };
  return table;
}

}  // namespace

std::span<const SettingSpec> AllSettings() { return Table(); }

const SettingSpec* FindSetting(std::string_view name) {
  for (const SettingSpec& spec : Table()) {
    if (spec.name == name) return &spec;
  }
  return nullptr;
}

}  // namespace cruddur::app
