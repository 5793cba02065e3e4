#include "accounts/schema.h"

#include <charconv>

#include "accounts/sql.h"
#include "base/timestamp.h"

namespace cruddur::accounts {
namespace {

// A migration's version is the number that its file's name begins with.
int VersionOf(std::string_view text) {
  int version = 0;
  std::from_chars(text.data(), text.data() + text.size(), version);
  return version;
}

constexpr bool IsInOrder() {
  for (size_t i = 1; i < std::size(sql::kMigrations); ++i) {
    if (sql::kMigrations[i - 1].name.substr(0, 4) >= sql::kMigrations[i].name.substr(0, 4)) {
      return false;
    }
  }
  return true;
}
static_assert(IsInOrder(), "two migrations have the same number");

}  // namespace

base::Result<SchemaReport> LoadSchema(Connection& connection, base::Micros now) {
  TRY_ASSIGN(Transaction transaction, Transaction::Begin(connection));
  TRY(connection.Run(sql::kSchemaVersionTable));
  TRY_ASSIGN(const Rows versions, connection.Run(sql::kSchemaVersions));

  SchemaReport report;
  if (!versions.empty()) report.version = VersionOf(versions.Text(versions.size() - 1, 0));
  const int newest = VersionOf(std::rbegin(sql::kMigrations)->name);
  if (report.version > newest) {
    return base::Fail(base::ErrorCode::kInvalidArgument,
                      "the users database has schema version " + std::to_string(report.version) +
                          ", this program knows " + std::to_string(newest) +
                          ": use a newer program");
  }
  for (const Statement& migration : sql::kMigrations) {
    const int version = VersionOf(migration.name);
    if (version <= report.version) continue;
    if (report.applied.empty()) TRY(connection.PrepareSchema());
    TRY(connection.RunScript(migration.sql));
    TRY(connection.Run(sql::kSchemaVersionInsert,
                       {std::to_string(version), migration.name, base::FormatTimestamp(now)}));
    report.version = version;
    report.applied.emplace_back(migration.name);
  }
  TRY(transaction.Commit());
  return report;
}

}  // namespace cruddur::accounts
