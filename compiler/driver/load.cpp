#include "compiler/driver/load.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <variant>

#include "compiler/artifact/seal.h"
#include "compiler/diagnostics/suggest.h"
#include "compiler/syntax/parse.h"
#include "embedded/embedded.h"

namespace cambium::driver {

namespace {

constexpr std::string_view kVersions = "versions";
constexpr std::string_view kSealedEnding = ".json";

std::string below(const std::string& folder, std::string_view name) {
  return folder.empty() || folder == "." ? std::string(name) : folder + "/" + std::string(name);
}

// "std/types.cam" → "std.types"
std::string packageOf(std::string_view file) {
  std::string name(file.substr(0, file.size() - std::string_view(".cam").size()));
  std::ranges::replace(name, '/', '.');
  return name;
}

std::vector<std::string> numbersAndWords(std::string_view text) {
  std::vector<std::string> parts(1);
  for (const char ch : text) {
    if (ch == '.')
      parts.emplace_back();
    else
      parts.back() += ch;
  }
  return parts;
}

bool isNumber(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// Of two identifiers of a version: numbers by value and before words, words by bytes.
int compareParts(const std::string& a, const std::string& b) {
  if (isNumber(a) != isNumber(b)) return isNumber(a) ? -1 : 1;
  if (isNumber(a) && a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  return a.compare(b);
}

int compareLists(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i)
    if (const int order = compareParts(a[i], b[i])) return order;
  return a.size() == b.size() ? 0 : a.size() < b.size() ? -1 : 1;
}

// Why a sealed document cannot be used, as a diagnostic.
Diagnostic broken(const std::string& file, const artifact::UnsealError& error) {
  using Kind = artifact::UnsealError::Kind;
  if (error.kind == Kind::tampered)
    return report<Code::CFG053>({}, file)
        .note(error.detail)
        .note("a sealed version is what databases were built from: it never changes")
        .help(fmt::format("bring `{}` back from version control", file));
  auto d = report<Code::CFG054>({}, file, error.detail);
  if (error.kind == Kind::unknownFormat)
    return std::move(d).help("it was written by a newer release of the tool: use that release");
  return std::move(d).help(fmt::format("bring `{}` back from version control", file));
}

// Loads versions/<version>.json into `c`.
bool load(const FileSystem& fs, const std::string& folder, Compilation& c,
          const std::string& version) {
  if (c.sealed.contains(version)) return true;
  const std::string file = fmt::format("{}/{}{}", kVersions, version, kSealedEnding);
  const auto text = fs.read(below(folder, file));
  if (!text) {
    c.diagnostics.add(report<Code::CFG051>({}, file, text.error()));
    return false;
  }
  auto model = artifact::unseal(*text);
  if (!model) {
    c.diagnostics.add(broken(file, model.error()));
    return false;
  }
  if (model->version != version) {
    c.diagnostics.add(report<Code::CFG055>({}, file, model->package, model->version)
                          .help("a sealed version is in the file of its own number"));
    return false;
  }
  c.sealedDigests[version] = artifact::digest(*model);
  c.sealed[version] = std::make_shared<const ir::Model>(std::move(*model));
  return true;
}

}  // namespace

bool versionLess(const std::string& a, const std::string& b) {
  // Build metadata (behind a plus sign) has no part in precedence, but makes the order total.
  const auto split = [](const std::string& text) {
    const std::string core = text.substr(0, text.find('+'));
    const size_t dash = core.find('-');
    return std::pair(numbersAndWords(core.substr(0, dash)),
                     dash == std::string::npos ? "" : core.substr(dash + 1));
  };
  const auto [aCore, aPre] = split(a);
  const auto [bCore, bPre] = split(b);
  const bool aPlain = std::ranges::all_of(aCore, isNumber),
             bPlain = std::ranges::all_of(bCore, isNumber);
  if (aPlain != bPlain) return bPlain;
  if (const int order = compareLists(aCore, bCore)) return order < 0;
  if (aPre.empty() != bPre.empty()) return !aPre.empty();
  if (const int order = compareLists(numbersAndWords(aPre), numbersAndWords(bPre)))
    return order < 0;
  return a < b;
}

bool loadFiles(const FileSystem& fs, const std::string& folder, Compilation& c) {
  const std::string shown = folder.empty() ? "." : folder;
  const auto files = fs.list(folder, ".cam");
  if (!files || files->empty()) {
    c.diagnostics.add(
        report<Code::CFG050>({}, shown)
            .note(files ? "no file of it ends in `.cam`" : files.error())
            .help("make one with `cambium init NAME`, or name its folder with `-C DIR`"));
    return false;
  }
  bool whole = true;
  for (const std::string& name : *files) {
    auto text = fs.read(below(folder, name));
    if (!text) {
      c.diagnostics.add(report<Code::CFG051>({}, name, text.error()));
      whole = false;
      continue;
    }
    c.files.push_back(name);
    c.sources.add(name, std::move(*text));
  }
  return whole;
}

namespace {

// The names that a standard package declares, for those who use one and did not import it. Nothing
// else of it is read: each begins a line there.
std::unique_ptr<syntax::SyntaxTree> namesOf(std::string_view text) {
  auto tree = std::make_unique<syntax::SyntaxTree>();
  for (size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
    const auto line = text.substr(at, text.find('\n', at) - at);
    const size_t blank = line.find(' ');
    if (text.find('\n', at) == std::string_view::npos) break;
    if (blank == std::string_view::npos) continue;
    const auto word = line.substr(0, blank), rest = line.substr(blank + 1);
    const syntax::Name name{rest.substr(0, rest.find(' ')), {}};
    if (word == "type") {
      syntax::TypeDecl type;
      type.name = name;
      tree->decls.emplace_back(std::move(type));
    } else if (word == "enum") {
      syntax::EnumDecl one;
      one.name = name;
      tree->decls.emplace_back(std::move(one));
    } else if (word == "mixin") {
      syntax::EntityDecl mixin;
      mixin.mixin = true;
      mixin.name = name;
      tree->decls.emplace_back(std::move(mixin));
    }
  }
  return tree;
}

}  // namespace

StandardPackages parseImported(Compilation& c) {
  StandardPackages all;
  std::map<std::string, std::vector<const embedded::File*>> files;
  for (const embedded::File& file : embedded::stdlib()) {
    const std::string package = packageOf(file.name);
    files[package].push_back(&file);
    all.byPackage[package];
  }
  std::set<std::string> done;
  std::vector<std::string> wanted;
  const auto want = [&](const syntax::SyntaxTree& tree) {
    for (const auto& import : tree.imports) wanted.push_back(import.package.dotted());
  };
  for (const auto& tree : c.trees) want(tree);
  while (!wanted.empty()) {
    const std::string package = wanted.back();
    wanted.pop_back();
    const auto found = files.find(package);
    if (found == files.end() || !done.insert(package).second) continue;
    for (const embedded::File* file : found->second) {
      const FileId id = c.sources.add(std::string(file->name), std::string(file->text));
      all.trees.push_back(
          std::make_unique<syntax::SyntaxTree>(syntax::parse(c.sources, id, c.diagnostics)));
      all.byPackage[package].push_back(all.trees.back().get());
      want(*all.trees.back());
    }
  }
  for (const auto& [package, parts] : files) {
    if (done.contains(package)) continue;
    for (const embedded::File* file : parts) {
      all.trees.push_back(namesOf(file->text));
      all.byPackage[package].push_back(all.trees.back().get());
    }
  }
  return all;
}

bool loadVersions(const FileSystem& fs, const std::string& folder, const Options& options,
                  Compilation& c) {
  const auto files = fs.isDirectory(below(folder, kVersions))
                         ? fs.list(below(folder, kVersions), kSealedEnding)
                         : Result<std::vector<std::string>>(std::vector<std::string>{});
  if (!files) {
    c.diagnostics.add(report<Code::CFG051>({}, kVersions, files.error()));
    return false;
  }
  for (const std::string& file : *files)
    if (file.find('/') == std::string::npos)
      c.versions.push_back(file.substr(0, file.size() - kSealedEnding.size()));
  std::ranges::sort(c.versions, versionLess);

  std::set<std::string> wanted(options.sealed.begin(), options.sealed.end());
  if (options.allSealed) wanted.insert(c.versions.begin(), c.versions.end());
  if (!c.versions.empty()) wanted.insert(c.versions.back());
  for (const auto& tree : c.trees)
    for (const auto& decl : tree.decls)
      if (const auto* migration = std::get_if<syntax::MigrationDecl>(&decl)) {
        wanted.insert(migration->from.value);
        wanted.insert(migration->to.value);
      }
  bool whole = true;
  for (const std::string& version : c.versions)
    if (wanted.contains(version)) whole = load(fs, folder, c, version) && whole;
  return whole;
}

std::shared_ptr<const ir::Model> loadSealed(const FileSystem& fs, const std::string& folder,
                                            Compilation& c, const std::string& version) {
  if (std::ranges::find(c.versions, version) == c.versions.end()) {
    auto d = report<Code::CFG052>({}, version);
    const std::vector<std::string_view> names(c.versions.begin(), c.versions.end());
    if (const auto near = suggestions(version, names); !near.empty())
      d.help(didYouMean(near));
    else if (!names.empty())
      d.help(fmt::format("the newest one is `{}`", names.back()));
    else
      d.help("seal the version of the working folder with `cambium seal`");
    c.diagnostics.add(std::move(d));
    return nullptr;
  }
  return load(fs, folder, c, version) ? c.sealed.at(version) : nullptr;
}

}  // namespace cambium::driver
