#include "app/operator_access.h"

#include <fmt/format.h>

#include <array>
#include <filesystem>

#include "auth/private_file.h"
#include "base/random.h"

namespace cruddur::app {
namespace {

std::string NewSecret() {
  std::array<std::byte, 32> bytes;
  base::RandomBytes(bytes);
  std::string text;
  for (const std::byte byte : bytes) text += fmt::format("{:02x}", static_cast<unsigned>(byte));
  return text;
}

}  // namespace

OperatorAccess::OperatorAccess() : secret_(NewSecret()) {}

OperatorAccess::~OperatorAccess() {
  std::error_code ignored;
  if (!file_.empty()) std::filesystem::remove(file_, ignored);
}

std::string OperatorAccess::FileOf(const std::string& data, uint16_t port) {
  return fmt::format("{}/operator-{}", data, port);
}

base::Status OperatorAccess::Publish(const std::string& data, uint16_t port) {
  std::error_code error;
  std::filesystem::create_directories(data, error);
  std::string file = FileOf(data, port);
  std::filesystem::remove(file, error);
  TRY(auth::CreatePrivateFile(file, secret_));
  file_ = std::move(file);
  return {};
}

}  // namespace cruddur::app
