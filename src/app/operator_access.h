// How `cruddur cache drop` and `flush` get into a running server on this machine: a secret that the
// server makes at its start and leaves in a file that its own user alone can read.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

namespace cruddur::app {

class OperatorAccess {
 public:
  OperatorAccess();
  // Removes the file.
  ~OperatorAccess();
  OperatorAccess(const OperatorAccess&) = delete;
  OperatorAccess& operator=(const OperatorAccess&) = delete;

  const std::string& secret() const { return secret_; }
  // Writes the secret for the server on `port`, over that of one that was killed.
  base::Status Publish(const std::string& data, uint16_t port);

  // DATA/operator-PORT.
  static std::string FileOf(const std::string& data, uint16_t port);

 private:
  const std::string secret_;
  std::string file_;  // empty: not published
};

}  // namespace cruddur::app
