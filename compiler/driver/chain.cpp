#include "compiler/driver/chain.h"

#include <algorithm>
#include <iterator>

#include <fmt/core.h>

namespace cambium::driver {

namespace {

using ModelPtr = std::shared_ptr<const ir::Model>;

const ir::Migration* migrationTo(const ir::Model& model, const std::string& from) {
  const auto found = std::ranges::find_if(model.migrations, [&](const ir::Migration& m) {
    return m.from == from && m.to == model.version;
  });
  return found == model.migrations.end() ? nullptr : &*found;
}

// The newest of `versions` before this model that it can come from; "" = none of them.
std::string before(const ir::Model& model, const std::vector<std::string>& versions) {
  std::string named, sealed;
  for (const std::string& version : versions) {
    if (!versionLess(version, model.version)) continue;
    sealed = version;
    if (migrationTo(model, version)) named = version;
  }
  return named.empty() ? sealed : named;
}

bool hasLines(const ir::Migration& m) {
  return !m.renames.empty() || !m.transforms.empty() || !m.fills.empty() || !m.approvals.empty();
}

// The changes of a step in words, sorted; nullopt if one of them asks for a step of its own.
std::optional<std::vector<std::string>> plainChanges(const ModelPtr& from, const ModelPtr& to) {
  DiagnosticSink found;
  const auto set = diff::diff(from, to, found);
  if (found.hasErrors() || (set.migration && hasLines(*set.migration))) return std::nullopt;
  std::vector<std::string> words;
  for (const auto& change : set.changes) {
    if (diff::classify(change, set) != diff::Compatibility::safe) return std::nullopt;
    words.push_back(fmt::format("{} {}", diff::kindName(change), diff::describe(change, set)));
  }
  std::ranges::sort(words);
  return words;
}

// How many stops can be passed at once, from `from` on to chain[first + the answer]; 0: the first
// is one to stop at.
size_t passed(const ModelPtr& from, const Chain& chain, size_t first) {
  if (first + 1 == chain.size()) return 0;
  size_t far = 0;
  std::vector<std::string> all;
  for (size_t i = first; i < chain.size(); ++i) {
    const auto step = plainChanges(i == first ? from : chain[i - 1], chain[i]);
    if (!step) break;
    std::vector<std::string> longer;
    std::ranges::merge(all, *step, std::back_inserter(longer));
    all = std::move(longer);
    if (i == first) continue;
    if (plainChanges(from, chain[i]) != all) break;
    far = i - first;
  }
  return far;
}

}  // namespace

std::optional<Chain> chainBetween(const FileSystem& fs, const std::string& folder, Compilation& c,
                                  const ir::Model& from, const ModelPtr& to) {
  std::vector<std::string> between;
  for (const std::string& version : c.versions)
    if (!from.version.empty() && versionLess(from.version, version) &&
        versionLess(version, to->version))
      between.push_back(version);
  Chain chain{to};
  while (!migrationTo(*chain.back(), from.version)) {
    const std::string version = before(*chain.back(), between);
    if (version.empty()) break;
    auto model = loadSealed(fs, folder, c, version);
    if (!model) return std::nullopt;
    chain.push_back(std::move(model));
  }
  std::ranges::reverse(chain);
  return chain;
}

Chain joined(const ModelPtr& from, const Chain& chain) {
  Chain out;
  ModelPtr at = from;
  for (size_t i = 0; i < chain.size(); ++i) {
    i += passed(at, chain, i);
    out.push_back(at = chain[i]);
  }
  return out;
}

}  // namespace cambium::driver
