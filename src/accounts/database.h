// A blocking connection to the users database: SQLite or PostgreSQL behind one interface, both
// running the same statements.
//
// Errors, the same from both:
//   kAlreadyExists     a unique index refuses the row
//   kInvalidArgument   a check, not-null or foreign-key constraint does, or a parameter isn't text
//   kUnavailable       the database is away or refuses us, holds no schema, or is locked
//   kDeadlineExceeded  the deadline passed; what the statement did is unknown if it writes
//   kIo, kCorruption   SQLite's file
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/statement.h"
#include "base/result.h"

namespace cruddur::accounts {

using Deadline = std::chrono::steady_clock::time_point;

struct DatabaseOptions {
  std::string connection_url;  // postgresql://user:password@host:port/name; empty: SQLite
  std::string sqlite_path = "./data/users.sqlite";

  // Of the connection pool: see connection_pool.h.
  size_t connections = 4;  // and as many threads
  size_t max_queue = 256;  // calls that wait for a thread; beyond: kResourceExhausted at once
  std::chrono::milliseconds connect_time{200};
  std::chrono::milliseconds call_time{250};        // waiting, connecting and running, all together
  std::chrono::milliseconds reconnect_pause{250};  // after a failed connect, all calls fail at once

  bool is_postgres() const { return !connection_url.empty(); }
};

using Parameter = std::optional<std::string_view>;  // nullopt: NULL

// Every value is text (integers in decimal); NULL is nullopt.
struct Rows {
  size_t columns = 0;
  std::vector<std::optional<std::string>> cells;

  size_t size() const { return columns == 0 ? 0 : cells.size() / columns; }
  bool empty() const { return size() == 0; }
  const std::optional<std::string>& Cell(size_t row, size_t column) const {
    return cells[row * columns + column];
  }
  // NULL as empty text.
  std::string Text(size_t row, size_t column) const { return Cell(row, column).value_or(""); }
};

// Belongs to one thread at a time.
class Connection {
 public:
  virtual ~Connection() = default;

  // parameters[0] is $1. The text must be UTF-8 without NUL.
  base::Result<Rows> Run(const Statement& statement,
                         std::initializer_list<Parameter> parameters = {});
  base::Result<Rows> Run(const Statement& statement, std::span<const Parameter> parameters);

  // Makes what migrations expect of any database and this one doesn't have by itself.
  virtual base::Status PrepareSchema() { return {}; }
  // Several statements without parameters: a migration.
  virtual base::Status RunScript(std::string_view sql) = 0;

  // A transaction that no other Begin, on whatever connection, runs beside: for seeds and
  // migrations, not for the hot path.
  virtual base::Status Begin() = 0;
  virtual base::Status Commit() = 0;
  virtual void Rollback() = 0;

  // For what follows.
  virtual void SetDeadline(Deadline deadline) = 0;

  // False once the connection is lost, or may be out of step with the server: throw it away.
  virtual bool usable() const = 0;

 private:
  virtual base::Result<Rows> Execute(const Statement& statement,
                                     std::span<const Parameter> parameters) = 0;
};

// Begins now; rolls back at its end if nobody committed.
class Transaction {
 public:
  static base::Result<Transaction> Begin(Connection& connection);
  ~Transaction();
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;

  base::Status Commit();

 private:
  explicit Transaction(Connection& connection) : connection_(&connection) {}
  Connection* connection_;  // null when it is over
};

// Connects to the database that the options name. It must exist: kUnavailable otherwise.
base::Result<std::unique_ptr<Connection>> OpenConnection(const DatabaseOptions& options,
                                                         Deadline deadline);

// True for UTF-8 without NUL, which both databases can store.
bool IsStorableText(std::string_view text);

}  // namespace cruddur::accounts
