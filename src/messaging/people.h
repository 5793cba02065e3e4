// The names that people have now, for rows and messages that hold copies of older ones.
#pragma once

#include <string>
#include <vector>

#include "base/task.h"
#include "messaging/items.h"

namespace cruddur::messaging {

// Thread-safe. Expected to answer from memory nearly always.
class People {
 public:
  virtual ~People() = default;

  // Those who are known, in any order; nobody where nobody can be asked now. Of the others the
  // caller shows the copies that it has. At most 256 of them.
  virtual base::Task<std::vector<Person>> Find(std::vector<std::string> user_uuids) = 0;
};

// For where there is no users database: the Lambda, some commands.
class NobodyKnown final : public People {
 public:
  base::Task<std::vector<Person>> Find(std::vector<std::string>) override {
    co_return std::vector<Person>();
  }
};

}  // namespace cruddur::messaging
