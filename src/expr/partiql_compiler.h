// From PartiQL's expressions to the trees that condition and update expressions are compiled to.
#pragma once

#include "expr/binding.h"
#include "expr/partiql_syntax.h"
#include "expr/partiql_values.h"

namespace cruddur::expr {

// The results own all that they refer to. Operands are checked like those of other expressions, in
// the same words, which come without "Invalid …Expression: ".
// REQUIRES (of both): as many parameters as the statement has.
DbResult<Bound> CompilePartiqlCondition(const PartiqlNode& where, PartiqlParameters parameters);
DbResult<Bound> CompilePartiqlActions(const std::vector<PartiqlAction>& actions,
                                      PartiqlParameters parameters);

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
