#include "cli/package_files.h"

#include <algorithm>
#include <filesystem>

#include "compiler/syntax/scanner.h"

namespace cambium::cli {

namespace {

// `true`, `in`: a word that is no name.
bool isReservedWord(std::string_view text) {
  const auto tokens = syntax::scan(text).tokens;
  return !tokens.empty() && syntax::isReserved(tokens.front().kind);
}

}  // namespace

bool isPackageName(std::string_view name) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return !name.empty() && letter(name.front()) &&
         std::ranges::all_of(name, [&](char c) { return letter(c) || digit(c); }) &&
         !isReservedWord(name);
}

std::string packageNameFrom(std::string_view text, const std::string& otherwise) {
  text = text.substr(0, text.find('.'));
  std::string name;
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool digit = c >= '0' && c <= '9';
    if (letter)
      name += c >= 'A' && c <= 'Z' ? char(c + 32) : c;
    else if (digit && !name.empty())
      name += c;
    else if (!name.empty() && name.back() != '_')
      name += '_';
  }
  while (!name.empty() && name.back() == '_') name.pop_back();
  return name.empty() || isReservedWord(name) ? otherwise : name;
}

Or<std::vector<std::string>> writePackage(
    Context& context, const std::string& folder,
    const std::vector<std::pair<std::string, std::string>>& files, bool overwrite,
    const std::string& help) {
  const auto there = [&](const std::string& path) {
    return Failure{context.fail(report<Code::CFG066>({}, path).help(help))};
  };
  if (!overwrite) {
    if (const auto old = context.fs.list(folder, ".cam"); old && !old->empty())
      return there(folder + "/" + old->front());
    for (const auto& [name, text] : files)
      if (std::filesystem::exists(std::filesystem::symlink_status(folder + "/" + name)))
        return there(folder + "/" + name);
  }
  std::error_code error;
  const bool isNew = std::filesystem::create_directories(folder, error);
  if (error) return Failure{context.fail(report<Code::CFG065>({}, folder, error.message()))};
  std::vector<std::string> written;
  std::vector<Result<std::string>> before;  // what was there, or why nothing was
  for (const auto& [name, text] : files) {
    const std::string path = folder + "/" + name;
    before.push_back(context.fs.read(path));
    if (const auto done = writeFileAtomically(path, text); !done) {
      for (size_t i = 0; i < written.size(); ++i) {
        if (before[i])
          (void)writeFileAtomically(written[i], *before[i]);
        else
          std::filesystem::remove(written[i], error);
      }
      if (isNew) std::filesystem::remove(folder, error);
      return Failure{context.fail(report<Code::CFG065>({}, path, done.error()))};
    }
    written.push_back(path);
  }
  tellOfPackageAbove(context, folder);
  return written;
}

void tellOfPackageAbove(Context& context, const std::string& folder) {
  namespace fs = std::filesystem;
  std::error_code error;
  fs::path above = fs::weakly_canonical(folder, error);
  while (!error && above.has_relative_path()) {
    above = above.parent_path();
    std::error_code unreadable;  // a folder that is not for us to look into
    for (const auto& entry : fs::directory_iterator(above, unreadable)) {
      if (entry.path().extension() != ".cam" || !entry.is_regular_file(unreadable)) continue;
      context.out.complain(fmt::format(
          "`{}` lies above `{}`: every `.cam` file below a package belongs to it, so move the new "
          "one beside it",
          fs::relative(entry.path(), error).string(), folder));
      return;
    }
  }
}

}  // namespace cambium::cli
