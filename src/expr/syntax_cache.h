// Remembers what this thread parsed lately, so that a repeated expression costs no parse.
#pragma once

#include <string>
#include <string_view>

#include "expr/syntax.h"

namespace cruddur::expr {

// Parses, or finds the same text's syntax among this thread's last ones. Only what parsed well is
// kept, and nothing that is longer than expressions are, as legacy parameters can be; the least
// recently used goes first, and one thread keeps about a megabyte at most.
std::expected<std::shared_ptr<const Syntax>, std::string> ParseCached(
    Grammar grammar, std::string_view text, Origin origin = Origin::kExpression);

}  // namespace cruddur::expr
