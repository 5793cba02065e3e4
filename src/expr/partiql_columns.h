// The paths that PartiQL statements name, and the columns that SELECT shows.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "expr/partiql_syntax.h"

namespace cruddur::expr {

// The columns of a SELECT, each under the name that its value gets in the answer.
class PartiqlColumns {
 public:
  static DbResult<PartiqlColumns> Make(const std::vector<PartiqlNode>& columns);

  model::Item Pick(const model::Item& item) const;
  std::vector<std::string_view> TopLevelNames() const;

 private:
  struct Column {
    std::string name;  // "k[1]" of m.k[1]
    Path path;
  };
  std::vector<Column> columns_;
};

// Steps of a path with its list indexes checked.
DbResult<Path> PartiqlPath(const PartiqlNode& path);

}  // namespace cruddur::expr
