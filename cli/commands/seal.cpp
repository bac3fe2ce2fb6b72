#include "compiler/artifact/seal.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "cli/commands.h"
#include "cli/package.h"

namespace cambium::cli {

namespace {

constexpr size_t kDifferencesShown = 5;

// What differs, in the words of `diff`.
void nameDifferences(Diagnostic& d, const ModelPtr& sealed, const ModelPtr& working) {
  DiagnosticSink ignored;
  const auto set = diff::diff(sealed, working, ignored);
  for (size_t i = 0; i < std::min(set.changes.size(), kDifferencesShown); ++i)
    d.note(diff::toString(set.changes[i], set));
  if (set.changes.size() > kDifferencesShown)
    d.note(fmt::format("and {} more", set.changes.size() - kDifferencesShown));
  if (set.changes.empty()) d.note("the migration block or something that has no name differs");
}

}  // namespace

Outcome runSeal(Context& context) {
  auto options = context.driverOptions();
  options.allSealed = true;
  const auto package = loadPackage(context, std::move(options));
  if (!package) return package.error();
  driver::Compilation& c = **package;
  const ModelPtr model = c.model;
  if (model->version.empty()) {
    const auto missing = modelOfVersion(context, c, "");
    return missing ? Outcome::internal : missing.error();
  }
  const std::string path = fmt::format("versions/{}.json", model->version);
  const std::string digest = artifact::digest(*model);
  context.out.textField("version", model->version);
  context.out.textField("digest", digest);
  context.out.textField("file", path);
  if (const auto sealed = c.sealed.find(model->version); sealed != c.sealed.end()) {
    if (c.sealedDigests.at(model->version) == digest) {
      context.out.print(fmt::format("{} {} is sealed already ({})\n", model->package,
                                    model->version, digest.substr(0, 8)));
      context.out.field("changed", "false");
      return Outcome::ok;
    }
    auto d = report<Code::CFG056>({}, model->version);
    nameDifferences(d, sealed->second, model);
    return context.fail(
        std::move(d).help("give the package another version: a sealed one never changes"));
  }
  if (::mkdir("versions", 0777) != 0 && errno != EEXIST)
    return context.fail(report<Code::CFG065>({}, "versions", std::strerror(errno)));
  if (const auto written = writeFileAtomically(path, artifact::seal(*model)); !written)
    return context.fail(report<Code::CFG065>({}, path, written.error()));
  context.out.print(fmt::format("{} {} is sealed: {} ({})\n", model->package, model->version, path,
                                digest.substr(0, 8)));
  context.out.field("changed", "true");
  context.out.say(
      "next: keep the file in version control; give the package its next version before you change "
      "the model");
  return Outcome::ok;
}

}  // namespace cambium::cli
