// The names that people have now, for rows and messages that hold copies of older ones.
#pragma once

#include <optional>
#include <string_view>

#include "base/task.h"
#include "messaging/items.h"

namespace cruddur::messaging {

// Thread-safe. Expected to answer from memory nearly always.
class People {
 public:
  virtual ~People() = default;

  // nullopt: unknown, or nobody can be asked now. The caller then shows the copy that it has.
  virtual base::Task<std::optional<Person>> Find(std::string_view user_uuid) = 0;
};

// For where there is no users database: the Lambda, some commands.
class NobodyKnown final : public People {
 public:
  base::Task<std::optional<Person>> Find(std::string_view) override { co_return std::nullopt; }
};

}  // namespace cruddur::messaging
