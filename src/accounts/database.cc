#include "accounts/database.h"

#include <algorithm>
#include <utility>

#include "accounts/postgres.h"
#include "accounts/sqlite.h"
#include "base/utf8.h"

namespace cruddur::accounts {

base::Result<Rows> Connection::Run(const Statement& statement,
                                   std::initializer_list<Parameter> parameters) {
  return Run(statement, std::span(parameters.begin(), parameters.size()));
}

// Checked here so that both databases refuse the same texts: SQLite would take anything, and
// libpq would cut at a NUL.
base::Result<Rows> Connection::Run(const Statement& statement,
                                   std::span<const Parameter> parameters) {
  const bool storable = std::ranges::all_of(
      parameters, [](const Parameter& text) { return !text || IsStorableText(*text); });
  if (!storable) {
    return base::Fail(base::ErrorCode::kInvalidArgument, "the text is not UTF-8 without NUL");
  }
  return Execute(statement, parameters);
}

base::Result<Transaction> Transaction::Begin(Connection& connection) {
  TRY(connection.Begin());
  return Transaction(connection);
}

Transaction::Transaction(Transaction&& other) noexcept
    : connection_(std::exchange(other.connection_, nullptr)) {}

Transaction::~Transaction() {
  if (connection_ != nullptr) connection_->Rollback();
}

base::Status Transaction::Commit() {
  TRY(connection_->Commit());
  connection_ = nullptr;
  return {};
}

base::Result<std::unique_ptr<Connection>> OpenConnection(const DatabaseOptions& options,
                                                         Deadline deadline) {
  return options.is_postgres() ? OpenPostgres(options.connection_url, options.call_time, deadline)
                               : OpenSqlite(options.sqlite_path, deadline);
}

bool IsStorableText(std::string_view text) {
  while (!text.empty()) {
    const size_t length = base::Utf8Length(text);
    if (length == 0 || text.front() == '\0') return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace cruddur::accounts
