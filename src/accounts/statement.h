// One SQL query of src/accounts/sql, by the name of its file.
#pragma once

#include <string_view>

namespace cruddur::accounts {

struct Statement {
  std::string_view name;
  std::string_view sql;
};

}  // namespace cruddur::accounts
