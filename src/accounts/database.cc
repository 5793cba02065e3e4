#include "accounts/database.h"

#include <algorithm>
#include <utility>

#include "accounts/postgres.h"
#include "accounts/sqlite.h"

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
  for (size_t i = 0; i < text.size();) {
    const auto byte = [&](size_t at) -> unsigned {
      return at < text.size() ? static_cast<unsigned char>(text[at]) : 0;
    };
    const auto tail = [&](size_t at) { return (byte(at) & 0xc0) == 0x80; };
    const unsigned c = byte(i);
    // RFC 3629: neither overlong forms nor surrogates, nor anything beyond U+10FFFF.
    if (c >= 0x01 && c <= 0x7f) {
      i += 1;
    } else if (c >= 0xc2 && c <= 0xdf && tail(i + 1)) {
      i += 2;
    } else if (c >= 0xe0 && c <= 0xef && tail(i + 1) && tail(i + 2) &&
               (c != 0xe0 || byte(i + 1) >= 0xa0) && (c != 0xed || byte(i + 1) <= 0x9f)) {
      i += 3;
    } else if (c >= 0xf0 && c <= 0xf4 && tail(i + 1) && tail(i + 2) && tail(i + 3) &&
               (c != 0xf0 || byte(i + 1) >= 0x90) && (c != 0xf4 || byte(i + 1) <= 0x8f)) {
      i += 4;
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace cruddur::accounts
