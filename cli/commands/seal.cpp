#include "compiler/artifact/seal.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "cli/commands.h"
#include "cli/database.h"

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

// Writes versions/VERSION.json and says so.
Outcome keep(Context& context, const ir::Model& model, const std::string& document,
             const std::string& digest, const std::string& next) {
  const std::string path = fmt::format("versions/{}.json", model.version);
  if (::mkdir("versions", 0777) != 0 && errno != EEXIST)
    return context.fail(report<Code::CFG065>({}, "versions", std::strerror(errno)));
  if (const auto written = writeFileAtomically(path, document); !written)
    return context.fail(report<Code::CFG065>({}, path, written.error()));
  context.out.print(fmt::format("{} {} is sealed: {} ({})\n", model.package, model.version, path,
                                digest.substr(0, 8)));
  context.out.field("changed", "true");
  context.out.say("next: " + next);
  return Outcome::ok;
}

Outcome sealedAlready(Context& context, const ir::Model& model, const std::string& digest) {
  context.out.print(fmt::format("{} {} is sealed already ({})\n", model.package, model.version,
                                digest.substr(0, 8)));
  context.out.field("changed", "false");
  return Outcome::ok;
}

void describeResult(Output& out, const ir::Model& model, const std::string& digest) {
  out.textField("version", model.version);
  out.textField("digest", digest);
  out.textField("file", fmt::format("versions/{}.json", model.version));
}

// What is active in an environment, from the document that its database has kept. The working
// folder may have mistakes meanwhile (a migration from this very version is one as long as nobody
// sealed it): only its package's name and its environments are asked for.
Outcome sealActive(Context& context, const std::string& name) {
  auto& c = context.compile(context.driverOptions());
  const bool known = c.model && std::ranges::any_of(c.model->environments, [&](const auto& each) {
                       return each.name == name;
                     });
  if (!known)
    if (const Outcome outcome = context.conclude(c); outcome != Outcome::ok) return outcome;
  const auto environment = findEnvironment(context, c, name);
  if (!environment) return environment.error();
  const auto target = targetOf(context, c, **environment);
  if (!target) return target.error();
  auto database = openDatabase(context, *target, Access::read);
  if (!database) return database.error();
  const auto active = activeVersion(context, *database, *c.model);
  if (!active) return active.error();
  if (!active->installation && active->hasObjects)
    return context.fail(report<Code::RUN053>({}, target->shown, c.model->package)
                            .help(fmt::format("`cambium adopt -e {}` records one", name)));
  if (!active->installation)
    return context.usage(fmt::format("nothing is active in `{}`", name),
                         "`cambium seal` keeps the version of the working folder");
  const runner::Installation& installation = *active->installation;
  const ir::Model& model = *active->model;
  const std::string digest = artifact::digest(model);
  describeResult(context.out, model, digest);
  const std::string path = fmt::format("versions/{}.json", model.version);
  if (const auto there = context.fs.read(path)) {
    const auto sealed = artifact::unseal(*there);
    if (sealed && artifact::digest(*sealed) == digest) return sealedAlready(context, model, digest);
    return context.fail(
        report<Code::CFG066>({}, path)
            .note(fmt::format("it is not the {} that is active in `{}`", model.version, name))
            .help("two contents went by one number: give one of them another, where it is not in "
                  "use yet"));
  }
  const bool same = c.model->version == model.version;
  return keep(context, model, installation.model, digest,
              same ? "give the package its next version: a sealed one never changes"
                   : fmt::format("a migration from \"{}\" can be written now: `cambium plan -e {}`",
                                 model.version, name));
}

}  // namespace

Outcome runSeal(Context& context) {
  constexpr std::string_view kEnvironment = "env:";
  if (const std::string from = context.invocation.value("from"); !from.empty()) {
    if (!from.starts_with(kEnvironment) || from.size() == kEnvironment.size())
      return context.usage(fmt::format("`{}` is no environment", from),
                           "write `--from env:NAME`: what is active there is sealed");
    return sealActive(context, from.substr(kEnvironment.size()));
  }
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
  const std::string digest = artifact::digest(*model);
  describeResult(context.out, *model, digest);
  if (const auto sealed = c.sealed.find(model->version); sealed != c.sealed.end()) {
    if (c.sealedDigests.at(model->version) == digest) return sealedAlready(context, *model, digest);
    auto d = report<Code::CFG056>({}, model->version);
    nameDifferences(d, sealed->second, model);
    return context.fail(
        std::move(d).help("give the package another version: a sealed one never changes"));
  }
  return keep(context, *model, artifact::seal(*model), digest,
              "keep the file in version control; give the package its next version before you "
              "change the model");
}

}  // namespace cambium::cli
