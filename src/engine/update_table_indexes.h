// How UpdateTable adds an index to a table, and takes one away.
#pragma once

#include <optional>

#include "engine/catalog.h"
#include "engine/commit.h"
#include "engine/engine.h"

namespace cruddur::engine {

// The index is CREATING, and Backfill fills it. With a delay it is being allocated at first.
DbStatus CreateIndex(const model::IndexDefinition& definition, base::Micros delay,
                     CatalogEdit& edit, TableState& table);

// With a delay the table has the index, DELETING, as long as that takes; without, it is gone with
// the commit, and returned.
DbResult<std::optional<model::IndexDescription>> DropIndex(const std::string& name,
                                                           base::Micros delay, Commit& commit,
                                                           TableState& table);

std::unexpected<model::DbError> NoSuchIndex(std::string_view name, std::string_view table);

}  // namespace cruddur::engine
