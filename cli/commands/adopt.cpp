#include <pwd.h>
#include <unistd.h>

#include <algorithm>

#include "cli/commands.h"
#include "cli/differences.h"
#include "compiler/artifact/seal.h"

namespace cambium::cli {

Outcome runAdopt(Context& context) {
  const auto package = loadPackage(context);
  if (!package) return package.error();
  driver::Compilation& c = **package;
  const auto environment = chooseEnvironment(context, c);
  if (!environment) return environment.error();
  const auto target = targetOf(context, c, **environment);
  if (!target) return target.error();
  const auto model = modelOfVersion(context, c, context.invocation.value("version"));
  if (!model) return model.error();
  const std::string digest = artifact::digest(**model);
  const auto sealed = c.sealedDigests.find((*model)->version);
  if (!(*environment)->promoteFrom.empty() &&
      (sealed == c.sealedDigests.end() || sealed->second != digest))
    return context.fail(report<Code::CFG063>({}, (*environment)->name, (*model)->version)
                            .help("run `cambium seal` first"));

  auto database = openDatabase(context, *target, Access::write);
  if (!database) return database.error();
  const auto active = activeVersion(context, *database, *c.model);
  if (!active) return active.error();
  const std::string& name = (*environment)->name;
  context.out.textField("environment", name);
  context.out.textField("version", (*model)->version);
  context.out.textField("digest", digest);
  if (active->open)
    return context.fail(report<Code::RUN058>({}, active->open->digest.substr(0, 8),
                                             versionText(active->open->fromVersion),
                                             active->open->toVersion, name));
  if (active->installation && active->installation->digest != digest)
    return context.fail(report<Code::RUN069>({}, name, active->installation->version)
                            .help(fmt::format("go on from there: `cambium plan -e {}`", name)));

  catalog::Extras nameless;
  auto found = differences(context, *database, **model, {}, FaceExpected::ifThere, &nameless);
  if (!found) return found.error();
  // What is there beside the model may stay, if somebody says so, or has said so already.
  const auto all = *found;
  const auto [extras, others] = catalog::divide(std::move(*found));
  catalog::Extras record = extras;
  record.insert(record.end(), nameless.begin(), nameless.end());
  std::ranges::sort(record);
  const bool known = active->installation && record == active->extras;
  const bool agreed = extras.empty() || known || context.invocation.has("with-extras");
  if (!agreed || !others.empty()) {
    showDifferences(context, agreed ? others : all);
    auto d = report<Code::RUN062>({}, target->shown, (*model)->version,
                                  counted(agreed ? others.size() : all.size(), "difference"))
                 .note("nothing was recorded");
    if (!others.empty())
      d.help(
          "change the model until it is what the database is (`cambium pull` writes one), or the "
          "database");
    if (!agreed)
      d.help(
          fmt::format("what is there beside the model ({}) may stay: `--with-extras` records it "
                      "as known, and `cambium drift` tells when it changes",
                      counted(extras.size(), "object")));
    return context.fail(std::move(d));
  }
  showDifferences(context, others);
  showExtras(context, extras);
  if (known) {
    context.out.print(fmt::format("{} is recorded as {} {} already\n", name, c.model->package,
                                  (*model)->version));
    return Outcome::ok;
  }
  const auto now = database->session->now();
  if (!now) return context.fail(describe(now.error(), *target));
  runner::Installation installation;
  installation.package = (*model)->package;
  installation.environment = name;
  installation.version = (*model)->version;
  installation.digest = digest;
  installation.model = artifact::seal(**model);
  installation.activatedAt = *now;
  if (active->installation) {  // only what is beside it is another
    installation.activatedAt = active->installation->activatedAt;
    installation.planDigest = active->installation->planDigest;
  }
  const passwd* user = ::getpwuid(::getuid());
  const auto done =
      runner::Ledger(*database->session).adopt(installation, user ? user->pw_name : "", record);
  if (!done) return context.fail(describe(done.error(), *target));
  context.out.print(
      fmt::format("{} is {} {} from now on\n", name, c.model->package, (*model)->version));
  context.out.say(fmt::format("next: change the model, then `cambium plan -e {}`", name));
  return Outcome::ok;
}

}  // namespace cambium::cli
