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

constexpr std::string_view kSuffix = ".pem";
constexpr size_t kDigits = 4;

std::string FileName(std::string_view prefix, int number) {
  return fmt::format("{}{:04}{}", prefix, number, kSuffix);
}

// 0 for a name that isn't one of ours.
int NumberOf(std::string_view prefix, std::string_view name) {
  if (!name.starts_with(prefix) || !name.ends_with(kSuffix) ||
      name.size() != prefix.size() + kDigits + kSuffix.size()) {
    return 0;
  }
  const auto digits = name.substr(prefix.size(), kDigits);
  int number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return end == digits.data() + digits.size() ? number : 0;
}

}  // namespace

BuiltInKeys::BuiltInKeys(std::string folder, std::string_view prefix, const base::Clock& clock)
    : folder_(std::move(folder)), prefix_(prefix), clock_(clock) {}

base::Result<std::vector<std::string>> BuiltInKeys::Files() const {
  std::error_code error;
  std::vector<std::string> names;
  for (std::filesystem::directory_iterator entry(folder_, error), end; !error && entry != end;
       entry.increment(error)) {
    std::string name = entry->path().filename();
    if (NumberOf(prefix_, name) > 0) names.push_back(std::move(name));
  }
  if (error) return base::Fail(base::ErrorCode::kIo, folder_ + ": " + error.message());
  std::ranges::sort(names);
  return names;
}

base::Result<std::unique_ptr<BuiltInKeys>> BuiltInKeys::Open(std::string folder,
                                                             const base::Clock& clock,
                                                             std::string_view prefix) {
  std::error_code error;
  const auto parent = std::filesystem::path(folder).parent_path();
  if (!parent.empty()) std::filesystem::create_directories(parent, error);
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return base::Fail(base::ErrorCode::kIo, folder + ": " + std::generic_category().message(errno));
  }
  std::unique_ptr<BuiltInKeys> keys(new BuiltInKeys(std::move(folder), prefix, clock));
  TRY_ASSIGN(const auto files, keys->Files());
  if (files.empty()) {
    const auto added = keys->AddKey(FileName(prefix, 1));
    // Somebody else was faster: theirs is the key.
    if (!added && added.error().code != base::ErrorCode::kAlreadyExists) {
      return std::unexpected(added.error());
    }
  }
  TRY_ASSIGN(auto loaded, keys->Load());
  keys->Adopt(std::move(loaded));
  return keys;
}

base::Result<BuiltInKeys::Loaded> BuiltInKeys::Load() const {
  TRY_ASSIGN(const auto files, Files());
  auth::Jwks jwks;
  std::optional<Signer> signer;
  for (const auto& file : files) {
    TRY_ASSIGN(auth::PrivateKey key, auth::PrivateKey::Load(folder_ + "/" + file));
    std::string kid = key.public_key().Thumbprint();
    jwks.Add(kid, key.public_key());  // a copy of a key under another name is the same key
    signer = Signer{std::move(key), std::move(kid)};
  }
  if (!signer) return base::Fail(base::ErrorCode::kNotFound, folder_ + ": no keys");
  return Loaded{std::move(jwks), *std::move(signer), files};
}

base::Status BuiltInKeys::AddKey(const std::string& file) const {
  TRY_ASSIGN(const auth::PrivateKey key, auth::PrivateKey::Generate());
  return key.Save(folder_ + "/" + file);
}

base::Status BuiltInKeys::Rotate() {
  TRY_ASSIGN(const auto files, Files());
  TRY(AddKey(FileName(prefix_, files.empty() ? 1 : NumberOf(prefix_, files.back()) + 1)));
  TRY(RemoveRetired());
  TRY_ASSIGN(auto loaded, Load());
  Adopt(std::move(loaded));
  return {};
}

// A key was replaced when the file behind it was written.
base::Status BuiltInKeys::RemoveRetired() const {
  TRY_ASSIGN(const auto files, Files());
  const auto now = std::filesystem::file_time_type::clock::now();
  for (size_t i = 0; i + 1 < files.size(); ++i) {
    std::error_code error;
    const auto replaced_at = std::filesystem::last_write_time(folder_ + "/" + files[i + 1], error);
    if (!error && now - replaced_at > kRetiredKeyLife) {
      std::filesystem::remove(folder_ + "/" + files[i], error);
    }
    if (error) return base::Fail(base::ErrorCode::kIo, files[i] + ": " + error.message());
  }
  return {};
}

bool BuiltInKeys::Look() {
  const auto files = Files().value_or(std::vector<std::string>());
  {
    const std::lock_guard lock(mutex_);
    if (files == loaded_->files) return false;
  }
  auto loaded = Load();
  if (!loaded) {  // what we have still serves
    const std::lock_guard lock(mutex_);
    if (files == unread_) return false;
    unread_ = files;
    base::Log(base::LogLevel::kWarn, "keys_not_read", {{"reason", loaded.error().message}});
    return false;
  }
  Adopt(*std::move(loaded));
  return true;
}

void BuiltInKeys::Adopt(Loaded loaded) {
  const std::lock_guard lock(mutex_);
  loaded_ = std::make_shared<const Loaded>(std::move(loaded));
  unread_.clear();
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
  auto loaded = Load();
  if (!loaded) {  // what we have still serves
    base::Log(base::LogLevel::kWarn, "keys_not_read", {{"reason", loaded.error().message}});
    return false;
  }
  if (loaded->jwks == before->jwks) return false;
  Adopt(*std::move(loaded));
  return true;
}

}  // namespace cruddur::accounts
