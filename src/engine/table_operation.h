// The shape that the operations on tables share: alone in their commit, answered with the table's
// description.
#pragma once

#include <string>

#include "engine/committer.h"
#include "engine/engine.h"

namespace cruddur::engine {

class TableOperation : public WriteOperation {
 public:
  explicit TableOperation(Done<model::TableDescription> done) : done_(std::move(done)) {}

  bool Alone() const final { return true; }
  void Evaluate(Commit& commit) final { answer_ = Change(commit); }
  void Finish(const DbStatus& outcome) final {
    if (!outcome) return done_(std::unexpected(outcome.error()));
    done_(std::move(answer_));
  }

 protected:
  // The description to answer with. Changes nothing where it fails.
  virtual DbResult<model::TableDescription> Change(Commit& commit) = 0;

 private:
  Done<model::TableDescription> done_;
  DbResult<model::TableDescription> answer_;
};

// Adds to the batch that everything in a keyspace goes.
void DropKeyspace(Commit& commit, KeyspaceId keyspace);

// ResourceNotFoundException with the table's name, as the control plane tells it.
std::unexpected<model::DbError> NoSuchTable(std::string_view name);
std::unexpected<model::DbError> TableInUse(std::string_view text);

}  // namespace cruddur::engine
