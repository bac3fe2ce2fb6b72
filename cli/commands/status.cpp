#include <algorithm>

#include "cli/commands.h"
#include "cli/differences.h"
#include "cli/planning.h"
#include "compiler/artifact/seal.h"
#include "compiler/diagnostics/display_line.h"

namespace cambium::cli {

namespace {

struct Row {
  std::string environment, version, phase, drift, since, next;
  bool active = false;
};

// The phase of a plan under way, by how many of its steps are done.
std::string phaseOf(Context& context, const Database& database, const runner::PlanRecord& open) {
  const auto script = storedPlan(context, database, open);
  const auto state = std::string(runner::toString(open.state));
  if (!script) return state;
  const auto done = static_cast<size_t>(std::ranges::count(open.steps, runner::StepState::applied));
  const std::string phase =
      done == 0 ? "not begun"
                : std::string(plan::toString(
                      script->steps[std::min(done, script->steps.size()) - 1].phase));
  return fmt::format("{}, step {} of {} ({})", phase, done, script->steps.size(), state);
}

// A sick environment is a row that says so, and does not hide the others.
Row rowOf(Context& context, driver::Compilation& c, const ir::Environment& environment,
          Outcome& worst) {
  Row row;
  row.environment = environment.name;
  row.version = row.phase = row.drift = row.since = "-";
  const auto url = urlOf(environment);
  if (!url) {
    row.next = url.error();
    return row;
  }
  const auto failed = [&](Outcome outcome) {
    if (worst == Outcome::ok) worst = outcome;
    row.next = "see the error";
    return row;
  };
  const auto target = targetOf(context, c, environment);
  if (!target) return failed(target.error());
  auto database = openDatabase(context, *target, Access::read);
  if (!database) return failed(database.error());
  const auto active = activeVersion(context, *database, *c.model);
  if (!active) return failed(active.error());
  const std::string flag = " -e " + environment.name;
  if (active->installation) {
    row.version = active->installation->version;
    row.since = active->installation->activatedAt.substr(0, 16);
    row.active = true;
  } else if (!active->open) {
    row.version = "none";
    row.next = active->hasObjects ? "cambium adopt" + flag : "cambium apply" + flag;
    return row;
  }
  if (active->open) {
    // The active version moves with the switch: the plan knows both.
    row.version = fmt::format("{} {} {}", versionText(active->open->fromVersion),
                              arrow(context.out.out()), active->open->toVersion);
    row.phase = phaseOf(context, *database, *active->open);
    row.next = "cambium resume" + flag + " or undo" + flag;
    return row;
  }
  row.phase = "done";
  const auto found = differences(context, *database, *active->model);
  if (!found) return failed(found.error());
  row.drift = found->empty() ? "none" : counted(found->size(), "difference");
  if (!found->empty())
    row.next = "cambium drift" + flag;
  else if (active->installation->digest != artifact::digest(*c.model))
    row.next = fmt::format("cambium plan{} (to {})", flag, c.model->version);
  else
    row.next = "-";
  return row;
}

std::string json(const Row& row) {
  return fmt::format(
      "{{\"environment\":{},\"version\":{},\"phase\":{},\"drift\":{},\"since\":{},\"next\":{}}}",
      jsonText(row.environment), jsonText(row.version), jsonText(row.phase), jsonText(row.drift),
      jsonText(row.since), jsonText(row.next));
}

}  // namespace

Outcome runStatus(Context& context) {
  const auto package = loadPackage(context);
  if (!package) return package.error();
  driver::Compilation& c = **package;
  std::vector<const ir::Environment*> wanted;
  if (context.invocation.has("env") || c.model->environments.empty()) {
    const auto environment = chooseEnvironment(context, c);
    if (!environment) return environment.error();
    wanted.push_back(*environment);
  } else {
    for (const auto& environment : c.model->environments) wanted.push_back(&environment);
  }
  Outcome worst = Outcome::ok;
  std::vector<Row> rows;
  for (const ir::Environment* environment : wanted)
    rows.push_back(rowOf(context, c, *environment, worst));

  Output& out = context.out;
  const auto cells = [](const Row& row) {
    return std::vector<std::string>{row.environment, row.version, row.phase,
                                    row.drift,       row.since,   row.next};
  };
  std::vector<std::vector<std::string>> table{
      {"ENV", "VERSION", "PHASE", "DRIFT", "SINCE", "NEXT"}};
  for (const Row& row : rows) table.push_back(cells(row));
  std::vector<unsigned> widths(table.front().size());
  for (const auto& row : table)
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], displayWidth(row[i]));
  out.print(
      fmt::format("{} {} (working folder)\n", bold(out.out(), c.model->package), c.model->version));
  for (size_t r = 0; r < table.size(); ++r) {
    std::string line;
    for (size_t i = 0; i < table[r].size(); ++i) {
      line += r == 0 ? dim(out.out(), table[r][i]) : table[r][i];
      if (i + 1 < table[r].size())
        line += std::string(widths[i] - displayWidth(table[r][i]) + 2, ' ');
    }
    out.print(line + "\n");
  }
  std::vector<std::string> objects;
  for (const Row& row : rows) objects.push_back(json(row));
  out.textField("package", c.model->package);
  out.textField("version", c.model->version);
  out.field("environments", jsonArray(objects));
  return worst;
}

}  // namespace cambium::cli
