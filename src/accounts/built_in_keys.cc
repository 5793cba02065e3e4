#include "accounts/built_in_keys.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <optional>
#include <vector>

#include "base/log.h"

namespace cruddur::accounts {
namespace {

constexpr std::string_view kPrefix = "token-", kSuffix = ".pem";
constexpr size_t kDigits = 4;

std::string FileName(int number) { return fmt::format("{}{:04}{}", kPrefix, number, kSuffix); }

// 0 for a name that isn't one of ours.
int NumberOf(std::string_view name) {
  if (!name.starts_with(kPrefix) || !name.ends_with(kSuffix) ||
      name.size() != kPrefix.size() + kDigits + kSuffix.size()) {
    return 0;
  }
  const auto digits = name.substr(kPrefix.size(), kDigits);
  int number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return end == digits.data() + digits.size() ? number : 0;
}

base::Result<std::vector<std::string>> KeyFiles(const std::string& folder) {
  std::error_code error;
  std::vector<std::string> names;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    std::string name = entry->path().filename();
    if (NumberOf(name) > 0) names.push_back(std::move(name));
  }
  if (error) return base::Fail(base::ErrorCode::kIo, folder + ": " + error.message());
  std::ranges::sort(names);
  return names;
}

}  // namespace

BuiltInKeys::BuiltInKeys(std::string folder, const base::Clock& clock)
    : folder_(std::move(folder)), clock_(clock) {}

base::Result<std::unique_ptr<BuiltInKeys>> BuiltInKeys::Open(std::string folder,
                                                             const base::Clock& clock) {
  std::error_code error;
  const auto parent = std::filesystem::path(folder).parent_path();
  if (!parent.empty()) std::filesystem::create_directories(parent, error);
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return base::Fail(base::ErrorCode::kIo, folder + ": " + std::generic_category().message(errno));
  }
  std::unique_ptr<BuiltInKeys> keys(new BuiltInKeys(std::move(folder), clock));
  TRY_ASSIGN(const auto files, KeyFiles(keys->folder_));
  if (files.empty()) {
    const auto added = keys->AddKey(FileName(1));
    // Somebody else was faster: theirs is the key.
    if (!added && added.error().code != base::ErrorCode::kAlreadyExists) {
      return std::unexpected(added.error());
    }
  }
  TRY_ASSIGN(auto loaded, Load(keys->folder_));
  keys->Adopt(std::move(loaded));
  return keys;
}

base::Result<BuiltInKeys::Loaded> BuiltInKeys::Load(const std::string& folder) {
  TRY_ASSIGN(const auto files, KeyFiles(folder));
  auth::Jwks jwks;
  std::optional<Signer> signer;
  for (const auto& file : files) {
    TRY_ASSIGN(auth::PrivateKey key, auth::PrivateKey::Load(folder + "/" + file));
    std::string kid = key.public_key().Thumbprint();
    jwks.Add(kid, key.public_key());  // a copy of a key under another name is the same key
    signer = Signer{std::move(key), std::move(kid)};
  }
  if (!signer) return base::Fail(base::ErrorCode::kNotFound, folder + ": no keys");
  return Loaded{std::move(jwks), *std::move(signer)};
}

base::Status BuiltInKeys::AddKey(const std::string& file) const {
  TRY_ASSIGN(const auth::PrivateKey key, auth::PrivateKey::Generate());
  return key.Save(folder_ + "/" + file);
}

base::Status BuiltInKeys::Rotate() {
  TRY_ASSIGN(const auto files, KeyFiles(folder_));
  TRY(AddKey(FileName(files.empty() ? 1 : NumberOf(files.back()) + 1)));
  TRY_ASSIGN(auto loaded, Load(folder_));
  Adopt(std::move(loaded));
  return {};
}

void BuiltInKeys::Adopt(Loaded loaded) {
  const std::lock_guard lock(mutex_);
  loaded_ = std::make_shared<const Loaded>(std::move(loaded));
  refreshed_at_ = clock_.Now();
  generation_.fetch_add(1, std::memory_order_release);
}

std::shared_ptr<const auth::Jwks> BuiltInKeys::Keys() const {
  const std::lock_guard lock(mutex_);
  return {loaded_, &loaded_->jwks};
}

BuiltInKeys::Signer BuiltInKeys::signer() const {
  const std::lock_guard lock(mutex_);
  return loaded_->signer;
}

bool BuiltInKeys::Refresh() {
  std::shared_ptr<const Loaded> before;
  {
    const std::lock_guard lock(mutex_);
    const base::Micros now = clock_.Now();
    // A clock that went back must not keep new keys out for as long.
    if (now >= refreshed_at_ && now - refreshed_at_ < kKeyRefreshInterval) return false;
    refreshed_at_ = now;
    before = loaded_;
  }
  auto loaded = Load(folder_);
  if (!loaded) {  // what we have still serves
    base::Log(base::LogLevel::kWarn, "keys_not_read", {{"reason", loaded.error().message}});
    return false;
  }
  if (loaded->jwks == before->jwks) return false;
  Adopt(*std::move(loaded));
  return true;
}

}  // namespace cruddur::accounts
