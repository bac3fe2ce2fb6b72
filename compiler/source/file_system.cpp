#include "compiler/source/file_system.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace fs = std::filesystem;

namespace cambium {

namespace {

bool endsWith(std::string_view text, std::string_view ending) {
  return text.size() >= ending.size() && text.substr(text.size() - ending.size()) == ending;
}

std::string joined(const std::string& root, const std::string& path) {
  if (!path.empty() && path.front() == '/') return path;
  if (path.empty()) return root.empty() ? "." : root;
  return root.empty() ? path : root + "/" + path;
}

std::string reason(int error) {
  switch (error) {
    case ENOENT: return "no such file";
    case EISDIR: return "is a directory";
    case EACCES: return "permission denied";
    default: return std::strerror(error);
  }
}

// Whether what a link leads to lies below the folder.
bool isInside(const fs::path& folder, const fs::path& link) {
  std::error_code error;
  const fs::path target =
      fs::canonical(link, error).lexically_relative(fs::canonical(folder, error));
  return !error && !target.empty() && *target.begin() != "..";
}

// Closes a file descriptor on every way out.
class Descriptor {
public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

private:
  int fd_;
};

}  // namespace

FileSystem::~FileSystem() = default;

Result<std::string> DiskFileSystem::read(const std::string& path) const {
  const Descriptor file(::open(joined(root_, path).c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return Failure{reason(errno)};
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) return Failure{reason(errno)};
  if (S_ISDIR(info.st_mode)) return Failure{reason(EISDIR)};
  // More than any reader accepts; whoever reads says what its own limit is.
  constexpr size_t kLimit = size_t{1} << 30;
  constexpr size_t kChunk = size_t{1} << 16;
  // The size is only a guess: files grow, and pipes have none. One byte more finds the end without
  // growing.
  std::string bytes(std::min(static_cast<size_t>(info.st_size), kLimit) + 1, '\0');
  size_t done = 0;
  while (true) {
    if (done > kLimit) return Failure{std::string("larger than 1 GiB")};
    if (done == bytes.size()) bytes.resize(done + kChunk);
    const ssize_t count = ::read(file.get(), bytes.data() + done, bytes.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Failure{reason(errno)};
    if (count == 0) break;
    done += static_cast<size_t>(count);
  }
  bytes.resize(done);
  return bytes;
}

Result<std::vector<std::string>> DiskFileSystem::list(const std::string& folder,
                                                      std::string_view ending) const {
  const fs::path root = joined(root_, folder);
  std::error_code error;
  std::vector<std::string> found;
  fs::recursive_directory_iterator at(root, fs::directory_options::skip_permission_denied, error);
  if (error) return Failure{reason(error.value())};
  for (const fs::recursive_directory_iterator end; at != end; at.increment(error)) {
    if (error) return Failure{reason(error.value())};
    const std::string name = at->path().filename().string();
    if (at->is_directory(error) && (name.front() == '.' || at->is_symlink(error))) {
      at.disable_recursion_pending();
      continue;
    }
    if (!endsWith(name, ending) || !at->is_regular_file(error)) continue;
    if (!at->is_symlink(error) || isInside(root, at->path()))
      found.push_back(at->path().lexically_relative(root).generic_string());
  }
  std::sort(found.begin(), found.end());
  return found;
}

bool DiskFileSystem::isDirectory(const std::string& path) const {
  std::error_code error;
  return fs::is_directory(joined(root_, path), error);
}

Result<std::string> MemoryFileSystem::read(const std::string& path) const {
  const auto file = files.find(path);
  if (file == files.end()) return Failure{std::string("no such file")};
  return file->second;
}

Result<std::vector<std::string>> MemoryFileSystem::list(const std::string& folder,
                                                        std::string_view ending) const {
  const std::string prefix = folder.empty() || folder == "." ? "" : folder + "/";
  std::vector<std::string> found;
  for (const auto& [name, text] : files)
    if (name.rfind(prefix, 0) == 0 && endsWith(name, ending))
      found.push_back(name.substr(prefix.size()));
  return found;
}

bool MemoryFileSystem::isDirectory(const std::string& path) const {
  if (path.empty() || path == ".") return true;
  const auto after = files.lower_bound(path + "/");
  return after != files.end() && after->first.rfind(path + "/", 0) == 0;
}

Result<void> writeFileAtomically(const std::string& path, std::string_view bytes) {
  // A link stays a link: what it leads to is written.
  std::error_code error;
  fs::path target = path;
  if (fs::is_symlink(target, error)) {
    if (const fs::path real = fs::canonical(target, error); !error) target = real;
  }
  const std::string beside = target.string() + ".new." + std::to_string(::getpid());
  const auto giveUp = [&](int number) -> Result<void> {
    ::unlink(beside.c_str());
    return Failure{reason(number)};
  };
  ::unlink(beside.c_str());  // left by a process of the same number that was killed
  {
    const Descriptor file(::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
    if (!file) return Failure{reason(errno)};
    struct stat old {};
    if (::stat(target.c_str(), &old) == 0 && ::fchmod(file.get(), old.st_mode & 07777) != 0)
      return giveUp(errno);
    size_t done = 0;
    while (done < bytes.size()) {
      const ssize_t count = ::write(file.get(), bytes.data() + done, bytes.size() - done);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return giveUp(errno);
      done += static_cast<size_t>(count);
    }
    if (::fsync(file.get()) != 0) return giveUp(errno);
  }
  if (::rename(beside.c_str(), target.c_str()) != 0) return giveUp(errno);
  // The rename itself must survive a power cut, so the folder is synced too.
  const fs::path folder = target.parent_path();
  const Descriptor directory(
      ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory) ::fsync(directory.get());
  return {};
}

}  // namespace cambium
