// The condition keys of one need of one request, worked out when a policy asks for them.
#pragma once

#include <memory>
#include <string>

#include "auth/access_list.h"
#include "base/clock.h"
#include "dynamo/access_needs.h"
#include "engine/engine.h"

namespace cruddur::dynamo {

// What is true of the call as a whole.
struct CallFacts {
  std::shared_ptr<const auth::AccessUser> user;
  std::string principal_arn, account, region, source_ip, user_agent;
  base::Micros now{0};
};

class AccessContext final : public auth::PolicyContext {
 public:
  AccessContext(const CallFacts& call, const AccessNeed& need, engine::Engine& engine)
      : call_(call), need_(need), engine_(engine) {}

  std::optional<std::vector<std::string>> Find(std::string_view key) const override;

 private:
  std::optional<std::vector<std::string>> FindGlobal(std::string_view key) const;
  std::optional<std::vector<std::string>> LeadingKeys() const;
  std::optional<std::vector<std::string>> Attributes() const;
  std::optional<std::vector<std::string>> FullTableScan() const;
  // Of the table or the index; nullopt if there is none.
  std::optional<model::KeySchema> Keys() const;

  const CallFacts& call_;
  const AccessNeed& need_;
  engine::Engine& engine_;
};

}  // namespace cruddur::dynamo
