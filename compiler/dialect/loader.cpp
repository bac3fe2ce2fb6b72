#include "compiler/dialect/loader.h"

#include <llvm/Support/DynamicLibrary.h>
#include <llvm/Support/FileSystem.h>
#include <llvm/Support/Path.h>

namespace cambium::dialect {
namespace {

std::string fileName(std::string_view dialect) {
  return fmt::format("cambium-db-{}.so", dialect);
}

// The first folder that has the file; "" = none.
std::string findIn(std::span<const std::string> folders, std::string_view dialect) {
  for (const std::string& folder : folders) {
    llvm::SmallString<256> path(folder);
    llvm::sys::path::append(path, fileName(dialect));
    if (llvm::sys::fs::exists(path)) return std::string(path);
  }
  return {};
}

std::string listed(std::span<const std::string> folders) {
  std::string out;
  for (const std::string& folder : folders)
    out += fmt::format("{}`{}`", out.empty() ? "" : ", ", folder);
  return out.empty() ? "no folder" : out;
}

}  // namespace

Result<PluginInfo, Diagnostic> loadDatabasePlugin(std::string_view dialect,
                                                  std::span<const std::string> folders) {
  const std::string path = findIn(folders, dialect);
  if (path.empty())
    return Failure{
        report<Code::PLG001>({}, fileName(dialect), dialect)
            .note(fmt::format("looked in {}", listed(folders)))
            .help("install the plugin beside the tool, or reinstall the tool as a whole")};

  std::string error;
  auto library = llvm::sys::DynamicLibrary::getPermanentLibrary(path.c_str(), &error);
  if (!library.isValid())
    return Failure{
        report<Code::PLG002>({}, path, error)
            .help("the plugin's client library may be missing: install it and try again")};

  void* entry = library.getAddressOfSymbol(kPluginEntry);
  if (!entry) return Failure{report<Code::PLG003>({}, path, kPluginEntry)};

  const PluginInfo info = reinterpret_cast<PluginEntry>(entry)();
  const char* const sameBuild = "use the plugin that was built with this tool";
  // The first two fields never move, so they can be read whatever the rest is.
  if (info.api != kPluginApi || info.size != sizeof(PluginInfo))
    return Failure{report<Code::PLG004>({}, path, info.api, kPluginApi).help(sameBuild)};
  if (std::string_view(info.abi) != abiId())
    return Failure{report<Code::PLG005>({}, path, info.abi, abiId()).help(sameBuild)};
  if (info.dialect != dialect || !info.open)
    return Failure{report<Code::PLG006>({}, path, info.dialect, dialect).help(sameBuild)};
  return info;
}

}  // namespace cambium::dialect
