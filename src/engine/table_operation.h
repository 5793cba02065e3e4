// The shape that the operations on tables and their settings share: alone in their commit, since
// they change the catalog, and answered with what Change found or made.
#pragma once

#include <string>

#include "engine/committer.h"
#include "engine/engine.h"

namespace cruddur::engine {

template <typename Answer>
class CatalogOperation : public WriteOperation {
 public:
  explicit CatalogOperation(Done<Answer> done) : done_(std::move(done)) {}

  bool Alone() const final { return true; }
  void Evaluate(Commit& commit) final { answer_ = Change(commit); }
  void Finish(const DbStatus& outcome) final {
    if (!outcome) return done_(std::unexpected(outcome.error()));
    done_(std::move(answer_));
  }

 protected:
  // Changes nothing where it fails.
  virtual DbResult<Answer> Change(Commit& commit) = 0;

 private:
  Done<Answer> done_;
  DbResult<Answer> answer_;
};

using TableOperation = CatalogOperation<model::TableDescription>;

// Adds to the batch that everything in a keyspace goes.
void DropKeyspace(Commit& commit, KeyspaceId keyspace);

// ResourceNotFoundException with the table's name, as the control plane tells it.
std::unexpected<model::DbError> NoSuchTable(std::string_view name);
std::unexpected<model::DbError> TableInUse(std::string_view text);

}  // namespace cruddur::engine
