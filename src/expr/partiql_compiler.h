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

}  // namespace cruddur::expr
