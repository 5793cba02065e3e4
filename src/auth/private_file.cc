#include "auth/private_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "base/random.h"

namespace cruddur::auth {
namespace {

constexpr size_t kPieceBytes = 64 * 1024;

class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int get() const { return descriptor_; }
  bool is_open() const { return descriptor_ >= 0; }

 private:
  int descriptor_;
};

std::unexpected<base::Error> FailErrno(const std::string& path, int error) {
  auto code = base::ErrorCode::kIo;
  if (error == ENOENT) code = base::ErrorCode::kNotFound;
  if (error == EEXIST) code = base::ErrorCode::kAlreadyExists;
  if (error == EACCES || error == EPERM) code = base::ErrorCode::kPermissionDenied;
  return base::Fail(code, path + ": " + std::generic_category().message(error));
}

bool WriteAll(int descriptor, std::string_view contents) {
  while (!contents.empty()) {
    const ssize_t written = ::write(descriptor, contents.data(), contents.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    contents.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

}  // namespace

base::Status CreatePrivateFile(const std::string& path, std::string_view contents) {
  // Written under a name that nobody else looks at, then linked to its own: unlike rename, link
  // never replaces a file.
  const std::string draft = path + "." + base::NewUuid() + ".tmp";
  int error = 0;
  {
    const File file(
        ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file.is_open()) return FailErrno(path, errno);
    // The umask may have taken bits away; it can't have added any.
    if (::fchmod(file.get(), 0600) != 0 || !WriteAll(file.get(), contents) ||
        ::fsync(file.get()) != 0) {
      error = errno;
    }
  }
  if (error == 0 && ::link(draft.c_str(), path.c_str()) != 0) error = errno;
  ::unlink(draft.c_str());
  if (error != 0) return FailErrno(path, error);

  const size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const File directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.is_open() || ::fsync(directory.get()) != 0) return FailErrno(folder, errno);
  return {};
}

base::Result<std::string> ReadOrCreatePrivateFile(const std::string& path,
                                                  const std::function<std::string()>& make) {
  auto contents = ReadSmallFile(path);
  if (contents || contents.error().code != base::ErrorCode::kNotFound) return contents;
  const auto made = CreatePrivateFile(path, make());
  if (!made && made.error().code != base::ErrorCode::kAlreadyExists) {
    return std::unexpected(made.error());
  }
  return ReadSmallFile(path);
}

base::Result<std::string> ReadSmallFile(const std::string& path, size_t max_bytes) {
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) return FailErrno(path, errno);
  std::string contents;
  size_t size = 0;
  while (size <= max_bytes) {
    // Grows with the file: the bound may be far above it.
    contents.resize(std::min(max_bytes + 1, size + kPieceBytes));
    const ssize_t got = ::read(file.get(), contents.data() + size, contents.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return FailErrno(path, errno);
    if (got == 0) break;
    size += static_cast<size_t>(got);
  }
  if (size > max_bytes) {
    return base::Fail(base::ErrorCode::kInvalidArgument,
                      path + ": larger than " + std::to_string(max_bytes / 1024) + " KiB");
  }
  contents.resize(size);
  return contents;
}

}  // namespace cruddur::auth
