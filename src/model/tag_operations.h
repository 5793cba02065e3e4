// Requests and responses of the operations on a table's tags. See operations.h.
#pragma once

#include <string>
#include <vector>

#include "model/table.h"

namespace cruddur::model {

struct TagResourceRequest {
  std::string resource_arn;
  std::vector<Tag> tags;  // a key that the table has gets the new value
};
struct UntagResourceRequest {
  std::string resource_arn;
  std::vector<std::string> keys;  // those that the table doesn't have are passed over
};
struct ListTagsOfResourceRequest {
  std::string resource_arn;
};
struct ListTagsOfResourceResponse {
  std::vector<Tag> tags;  // all: a table has 50 at most
};

}  // namespace cruddur::model
