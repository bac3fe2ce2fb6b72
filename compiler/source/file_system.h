// source/file_system.h: where files come from: a disk below a root, or memory (tests, editors).
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/result.h"

namespace cambium {

class FileSystem {
public:
  virtual ~FileSystem();
  // Bytes of the file, or why not ("no such file", "is a directory", "permission denied", "larger
  // than …").
  virtual Result<std::string> read(const std::string& path) const = 0;
  // Every regular file below `folder` whose name ends in `ending`, relative to `folder`, sorted by
  // bytes; folders whose name starts with a dot and symbolic links out of `folder` are left out.
  virtual Result<std::vector<std::string>> list(const std::string& folder,
                                                std::string_view ending) const = 0;
  virtual bool isDirectory(const std::string& path) const = 0;
};

class DiskFileSystem final : public FileSystem {
public:
  explicit DiskFileSystem(std::string root) : root_(std::move(root)) {}
  Result<std::string> read(const std::string& path) const override;
  Result<std::vector<std::string>> list(const std::string& folder,
                                        std::string_view ending) const override;
  bool isDirectory(const std::string& path) const override;

private:
  std::string root_;
};

class MemoryFileSystem final : public FileSystem {
public:
  std::map<std::string, std::string> files;
  Result<std::string> read(const std::string& path) const override;
  Result<std::vector<std::string>> list(const std::string& folder,
                                        std::string_view ending) const override;
  bool isDirectory(const std::string& path) const override;
};

// Writes beside the target, syncs, then renames: the target is the old file or the new one, never
// half of either. Error in words.
Result<void> writeFileAtomically(const std::string& path, std::string_view bytes);

}  // namespace cambium
