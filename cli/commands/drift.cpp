#include "cli/commands.h"
#include "cli/differences.h"

namespace cambium::cli {

Outcome runDrift(Context& context) {
  const auto package = loadPackage(context);
  if (!package) return package.error();
  driver::Compilation& c = **package;
  const auto environment = chooseEnvironment(context, c);
  if (!environment) return environment.error();
  const auto target = targetOf(context, c, **environment);
  if (!target) return target.error();
  auto database = openDatabase(context, *target, Access::read);
  if (!database) return database.error();
  const auto active = activeVersion(context, *database, *c.model);
  if (!active) return active.error();
  Output& out = context.out;
  out.textField("environment", (*environment)->name);
  if (active->open && active->open->begun) {
    // Between two versions the database is neither of them; every step's own probes watch it then.
    return context.fail(report<Code::RUN058>({}, active->open->digest.substr(0, 8),
                                             versionText(active->open->fromVersion),
                                             active->open->toVersion, (*environment)->name)
                            .note("between two versions there is no one state to compare with: "
                                  "each step is checked by its own probes")
                            .help(fmt::format("`cambium status -e {}` shows where it stands",
                                              (*environment)->name)));
  }
  if (!active->installation && active->hasObjects)
    return context.fail(
        report<Code::RUN053>({}, target->shown, c.model->package)
            .help(fmt::format("if it is what this model describes: `cambium adopt -e {}`",
                              (*environment)->name)));
  const auto found = differences(context, *database, *active->model, active->extras,
                                 FaceExpected::asTheEnvironmentSays);
  if (!found) return found.error();
  const std::string version = versionText(active->model->version);
  out.textField("version", version);
  if (context.invocation.has("repair")) {
    const auto sql = repairOf(context, *database, *active->model, active->extras);
    if (!sql) return sql.error();
    if (!found->empty()) out.print(*sql);
    out.textField("repair", found->empty() ? "" : *sql);
  } else {
    showDifferences(context, *found);
  }
  if (found->empty())
    out.print(fmt::format("no drift: {} is what {} {} describes\n", (*environment)->name,
                          c.model->package, version));
  else
    out.say(fmt::format("{} in {} since {} {}", counted(found->size(), "difference"),
                        (*environment)->name, c.model->package, version));
  return context.invocation.has("exit-code") && !found->empty() ? Outcome::changes : Outcome::ok;
}

}  // namespace cambium::cli
